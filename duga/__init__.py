"""Duga: the evidence platform for networks of civil-society social-service organisations."""

__version__ = "0.1.0"
