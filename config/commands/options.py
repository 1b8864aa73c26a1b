"""Options that several commands read alike."""


def words(text: str | None) -> list[str]:
    """The words of `--by a,b`; none where the option was not given."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]
