"""Request → one query or one action → answer."""
