"""The doors of OpenRosa 1.0, for phones; and the screens on which people connect them."""
