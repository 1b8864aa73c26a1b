"""Referrals are tested with one cast a file, as the directory is."""

from tests.directory.conftest import cast, key_store, standing

__all__ = ["cast", "key_store", "standing"]
