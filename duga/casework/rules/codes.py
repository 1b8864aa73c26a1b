"""Case codes: short, speakable on the phone, the same in both scripts; one wrong digit is noticed."""

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.text import fold

# Letters that sound alike in no language of the region and exist in both scripts.
CODE_CONSONANTS = "bdgklmnprstvz"
CODE_VOWELS = "aeiou"

_WRONG = gettext_noop("“%(code)s” is not a case code. A code looks like KA-4721-3; please check it letter by letter.")


def case_code(consonant: int, vowel: int, number: int) -> str:
    """The code for three numbers (0–12, 0–4, 0–9999), such as "KA-4721-3"; the last digit checks the others."""
    letters = CODE_CONSONANTS[consonant] + CODE_VOWELS[vowel]
    digits = f"{number:04d}"
    return f"{letters.upper()}-{digits}-{_check(letters, digits)}"


def _check(letters, digits):
    # Weights prime to ten: every single wrong digit is noticed, and most swaps of neighbours and wrong letters.
    values = [ord(letter) - ord("a") for letter in letters] + [int(digit) for digit in digits]
    return sum(value * weight for value, weight in zip(values, (1, 3, 7, 9, 1, 3), strict=True)) % 10


def read_case_code(text: str) -> str:
    """The code someone typed or was told, in its one form; Unreadable when a character must be wrong."""
    bare = "".join(c for c in fold(text) if c.isalnum())
    if len(bare) == 7 and bare[0] in CODE_CONSONANTS and bare[1] in CODE_VOWELS and bare[2:].isdecimal():
        code = f"{bare[:2].upper()}-{bare[2:6]}-{bare[6]}"
        if _check(bare[:2], bare[2:6]) == int(bare[6]):
            return code
    raise Unreadable(_WRONG, code=text)
