"""Pages of members: organisations and networks, the people in them, one's own account, the ways in."""
