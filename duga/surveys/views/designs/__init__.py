"""Designing forms on screen."""
