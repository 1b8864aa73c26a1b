"""The printed card a phone is brought in by, and the PIN it opens with: what is weak, how long one waits."""

import datetime as dt

from duga.plain.errors import Refused, gettext_noop

CARD_DIGITS = 12  #: 40 bits, good once and for CARD_DAYS
CARD_DAYS = 14
PIN_DIGITS = 6
TRIES = 5  #: wrong PINs before one waits
LONGEST_WAIT = dt.timedelta(hours=12)
OPEN_MINUTES = 30  #: without a touch, then the PIN is asked for again

#: What people choose although it is neither a row nor a repetition.
COMMON_PINS = frozenset({"121314", "123654", "134679", "147258", "159357", "159753", "147896", "258456", "102030"})

_DIGITS = gettext_noop("A PIN has six digits.")
_WEAK = gettext_noop("This PIN is easy to guess. Take six digits that are neither a row nor repeat themselves.")
_DIFFERENT = gettext_noop("The two PINs differ. Type the same six digits twice.")


def card_text(digits: str) -> str:
    """The code as it is printed: 4721-0983-5512."""
    return "-".join(digits[start : start + 4] for start in range(0, CARD_DIGITS, 4))


def read_card(text: str) -> str:
    """The digits of a code as somebody typed it; "" for what is none."""
    digits = "".join(str(int(letter)) for letter in str(text) if letter.isdecimal())
    return digits if len(digits) == CARD_DIGITS else ""


def is_weak(pin: str) -> bool:
    """Rows (123456, 246802), fewer than three different digits, repetitions (123123, 112233), well-known ones."""
    numbers = [int(digit) for digit in pin]
    steps = {(after - before) % 10 for before, after in zip(numbers, numbers[1:], strict=False)}
    pairs = all(numbers[place] == numbers[place + 1] for place in range(0, PIN_DIGITS, 2))
    return len(steps) == 1 or len(set(numbers)) < 3 or pin[:3] == pin[3:] or pairs or pin in COMMON_PINS


def check_pin(pin: str, again: str) -> str:
    """A PIN typed twice, strong enough; its digits may be of any script."""
    pin, again = ("".join(str(int(c)) if c.isdecimal() else c for c in str(text).strip()) for text in (pin, again))
    if len(pin) != PIN_DIGITS or not pin.isdecimal():
        raise Refused(_DIGITS)
    if pin != again:
        raise Refused(_DIFFERENT)
    if is_weak(pin):
        raise Refused(_WEAK)
    return pin


def wait_after(tries: int) -> dt.timedelta:
    """How long one waits after so many wrong PINs in a row: a minute after TRIES, doubled by each further one."""
    if tries < TRIES:
        return dt.timedelta(0)
    return min(dt.timedelta(minutes=2 ** min(tries - TRIES, 12)), LONGEST_WAIT)


def device_words(agent: str) -> str:
    """What kind of phone it is, by what its browser says: "Chrome, Android"; enough to tell two apart."""
    browsers = (("Firefox", "Firefox"), ("SamsungBrowser", "Samsung Internet"), ("OPR", "Opera"), ("Edg", "Edge"),
                ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
               ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    told = (next((name for mark, name in marks if mark in agent), "") for marks in (browsers, systems))
    return ", ".join(name for name in told if name)
