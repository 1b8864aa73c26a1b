"""What is read aloud when somebody is asked: one sentence a purpose, in her language where somebody translated it."""

from duga.places.rules import table
from duga.plain.text import to_latin

#: Whose sentences serve a language that has none of its own.
_NEAREST = {"hr": "bs", "cnr": "bs", "sr-latn": "sr"}


def text_languages() -> tuple[str, ...]:
    """The languages in which the sentences stand, whole or in part."""
    return tuple(name for name in table("consent_texts")[0] if name != "code")


def sentence_in(code: str, language: str) -> str:
    """A sentence in exactly this language ("sr-latn": Latin, "hr" reads Bosnian); "" where it is not translated yet."""
    language = language.lower().replace("_", "-")
    row = next((row for row in table("consent_texts") if row["code"] == code), {})
    text = row.get(_NEAREST.get(language, language)) or ""
    return to_latin(text) if language == "sr-latn" and text else text


def consent_sentence(purpose: str, language: str, *, receiver: str = "", fallback: str = "en") -> tuple[str, bool]:
    """(the question for a purpose, whether it is in her language); else in `fallback`, else in English.

    `receiver` is put where it is told; of a purpose without a sentence both are empty.
    """
    own = sentence_in(purpose, language)
    text = own or sentence_in(purpose, fallback) or sentence_in(purpose, "en")
    return text % {"receiver": receiver or "______"} if "%(" in text else text, bool(own)
