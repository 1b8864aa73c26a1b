"""Numbers as people of each language write them, with unit and qualifier, never broken over two lines."""

from decimal import ROUND_HALF_UP, Decimal

#: (thousands, decimal) of each language; all others write as English does here.
SEPARATORS = {
    "en": (",", "."),
    "sr": (".", ","),
    "bs": (".", ","),
    "hr": (".", ","),
    "mk": (".", ","),
    "sq": (".", ","),
    "cnr": (".", ","),
    "de": (".", ","),
}
#: What stands between things that belong together.
GLUE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def separators(language: str) -> tuple[str, str]:
    """(thousands, decimal) marks of a language such as `sr-latn`."""
    return SEPARATORS.get(language.lower().split("-")[0], SEPARATORS["en"])


def format_number(value, language: str = "en", decimals: int | None = None) -> str:
    """`12345.5` as `12,345.5` (en) or `12.345,5` (sr, mk, sq, bs, hr).

    `value` is an int, float, Decimal or anything `Decimal(str(value))` reads. `decimals` rounds half up to
    that many places; without it at most two are kept (of tiny numbers
    two that are not 0) and trailing zeros dropped. Raises ValueError for what
    is no finite number: an unknown or hidden figure has no number to write.
    """
    if value is None or isinstance(value, bool):
        raise ValueError(f"{value!r} is no number")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise ValueError(f"{value!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is no finite number")
    places = 2 if decimals is None else decimals
    if decimals is None and 0 < abs(number) < Decimal("0.005"):  # never 0, which it is not
        places = 1 - number.adjusted()
    number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(number):f}".partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    thousands, point = separators(language)
    text = f"{int(whole):,}".replace(",", thousands) + (point + fraction if fraction else "")
    return MINUS + text if number < 0 else text
