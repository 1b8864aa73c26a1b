"""Asking: links to forms and to rounds, rounds planned and followed."""
