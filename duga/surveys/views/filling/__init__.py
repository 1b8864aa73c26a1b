"""Filling forms in on our own pages: signed in, by a link, as a try, and without scripts."""
