"""Volunteers: as their coordinator keeps them, and as they see their day on their own phone."""
