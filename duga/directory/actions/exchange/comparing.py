"""What a source says of entries that are here already: taken where only it has spoken, noted where people disagree."""


def _compare(by, source, plan, outcome) -> None:
    """Compares known services and providers with what the source says now."""
