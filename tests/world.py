"""Something on every shelf, put there by actions: each stage adds what its pages need to be opened once."""


def furnish(cast):
    """Adds to the cast what the pages show; each stage's part is a function of its own."""
