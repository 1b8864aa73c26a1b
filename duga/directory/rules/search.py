"""How services are found: words blind to script, diacritics and endings; sets as rows of bits; nearness by cells.

Numbers of services are bits of Python integers: joining a hundred thousand of them takes microseconds, on any database.
"""

import datetime as dt
import math
import re
import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from duga.plain.text import fold, skeleton

BLOCK = 1 << 16  #: numbers in one posting
SPARSE = 512  #: so many numbers at most are kept as a list of two bytes each: more are read faster as bits
LEVELS = (0.002, 0.01, 0.05, 0.25, 1.0)  #: degrees of latitude and longitude a cell is wide
REACH = 3  #: cells to each side of a position's own that are looked into, of each level
WITHOUT_PLACE = 15.0  #: km at which a service that comes to you, or is phoned, stands among those one goes to
OLDER = 25.0  #: km by which a service nobody verified lately stands further down
EARTH = 6371.0  #: km
_WORD = re.compile(r"\w+")
_MANY = re.compile(r"(?:ovima|evima|ama|ima)$")  # of many: they leave even short stems
_ENDING = re.compile(
    r"(?:oga|ega|ome|emu|ijeg|ijem|oj|om|em|og|eg|ih|im|ite|eto|oto|ot|ave|eve|ive|jen|it|in|s|[aeiou])$"
)
#: Words that tell nothing, folded; those that also mean something elsewhere are not here.
STOP = frozenset(
    [
        *("i", "u", "na", "za", "od", "do", "sa", "se", "je", "su", "the", "of", "and", "for", "in", "to", "a", "an"),
        *("with", "dhe", "e", "per", "ne", "te", "me", "nga", "или", "ili", "po", "kod", "iz", "or", "is", "at", "on"),
    ]
)


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in order, without those that tell nothing."""
    return [word for word in _WORD.findall(fold(text)) if word not in STOP and (len(word) > 1 or word.isdigit())]


def stem(word: str) -> str:
    """What endings leave of a folded word: pravna, pravnu, pravne → pravn; pomoc, pomoci → pomoc."""
    if word.isdigit():
        return word
    if not word.isascii():
        return word.removeprefix("ال") if len(word) > 4 else word
    if len(word) < 6:
        return word[:-1] if len(word) > 3 and word[-1] in "aeiou" else word
    bare = _MANY.sub("", word)
    for _ in range(2):
        shorter = _ENDING.sub("", bare)
        bare = shorter if len(shorter) >= 4 else bare
    return bare


def word_keys(*, name: Iterable[str], rest: Iterable[str], known: dict | None = None) -> set[str]:
    """Keys of a service's texts: "n:" words of its name, "w:" of any text, "k:" how the name's sound.

    What its terms are called in other words and languages is known when someone asks (`rules.terms.meanings`).
    `known`: kept by whoever asks for many services, so that no word is worked out twice.
    """
    known = {} if known is None else known
    keys: set[str] = set()
    for named, texts in ((True, name), (False, rest)):
        for word in {word for text in texts if text for word in words_of(text)}:
            keys.update(known.get((named, word)) or _keys_of(word, named, known))
    return keys


def _keys_of(word, named, known) -> tuple[str, ...]:
    bare = stem(word)[:60]
    sound = (f"k:{skeleton(word)[:60]}",) if named and len(word) > 3 and not word.isdigit() else ()
    found = known[named, word] = (f"w:{bare}", *((f"n:{bare}",) if named else ()), *sound)
    return found


# --- Sets of numbers -------------------------------------------------------------------------------


def pack(bits: int) -> bytes:
    """A set of numbers of one block (an integer's bits) as it is kept: a short list, or all bits."""
    if bits.bit_count() <= SPARSE:
        return b"\x00" + array("H", numbers(bits)).tobytes()
    return b"\x01" + bits.to_bytes(BLOCK // 8, "little")


def unpack(data: bytes) -> int:
    """The set again, as an integer's bits."""
    if data[:1] == b"\x01":
        return int.from_bytes(data[1:], "little")
    found = array("H")
    found.frombytes(bytes(data[1:]))
    if len(found) < 16:
        bits = 0
        for number in found:
            bits |= 1 << number
        return bits
    spread = bytearray(max(found) // 8 + 1)
    for number in found:
        spread[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(spread, "little")


def bits_of(found: Iterable[int]) -> int:
    """A set of numbers as an integer's bits."""
    found = list(found)
    spread = bytearray(max(found, default=0) // 8 + 1)
    for number in found:
        spread[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(spread, "little")


def numbers(bits: int) -> Iterator[int]:
    """The numbers of a set, ascending; the first few of many cost little."""
    words = (bits.bit_length() + 63) // 64
    for place, word in enumerate(struct.unpack(f"<{words}Q", bits.to_bytes(8 * words, "little"))):
        while word:
            low = word & -word
            yield (place << 6) + low.bit_length() - 1
            word ^= low


# --- Nearness --------------------------------------------------------------------------------------


def cell(latitude: float, longitude: float, level: int) -> tuple[int, int]:
    """The cell of a level a point lies in."""
    size = LEVELS[level]
    return math.floor(latitude / size), math.floor(longitude / size)


def cell_key(level: int, row: int, column: int) -> str:
    """The key under which the services of a cell stand."""
    return f"cell{level}:{row},{column}"


def cells_of(points: Iterable[tuple[float, float]]) -> set[str]:
    """The keys of all cells these points lie in."""
    return {cell_key(level, *cell(*point, level)) for point in points for level in range(len(LEVELS))}


def around(latitude: float, longitude: float) -> list[list[tuple[float, str]]]:
    """(kilometres at least, key) of the cells around a position, the near ones first, level by level.

    A coarser level begins where the finer one ends: what both hold has been met in the finer cell.
    """
    found, covered = [], 0.0
    for level, size in enumerate(LEVELS):
        row, column = cell(latitude, longitude, level)
        cells = []
        for north in range(row - REACH, row + REACH + 1):
            for east in range(column - REACH, column + REACH + 1):
                nearest = (_within(latitude, north * size, size), _within(longitude, east * size, size))
                # the nearest point of a cell on a globe is not quite the nearest of a rectangle
                km = 0.99 * distance((latitude, longitude), nearest)
                cells.append((max(km, covered), cell_key(level, north, east)))
        found.append(sorted(cells))
        covered = reached(latitude, level)
    return found


def _within(value, low, size):
    return min(max(value, low), low + size)


def reached(latitude: float, level: int = len(LEVELS) - 1) -> float:
    """Kilometres around a position that the cells of a level surely cover."""
    narrow = max(0.05, math.cos(math.radians(min(89.0, abs(latitude) + LEVELS[level] * (REACH + 1)))))
    return REACH * LEVELS[level] * math.pi / 180 * EARTH * narrow


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between two points (latitude, longitude in degrees) by great circle (haversine)."""
    up, right = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    h = math.sin(up / 2) ** 2 + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(right / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(h)))


# --- Asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """What someone looks for. Everything may be left out; what stands in one tuple is "any of these"."""

    text: str = ""
    needs: tuple[str, ...] = ()
    service_types: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()  #: services for these, or for everyone
    conditions: tuple[str, ...] = ()  #: all of these
    accessibility: tuple[str, ...] = ()  #: all of these
    languages: tuple[str, ...] = ()
    service_groups: tuple[str, ...] = ()
    country: str = ""
    area: str = ""  #: the code of an area: what lies in it, or serves it
    position: tuple[float, float] | None = None  #: latitude, longitude: nearest first
    within: float | None = None  #: km; needs a position
    age: int | None = None
    open_now: bool = False
    emergency: bool = False
    provider_kinds: tuple[str, ...] = ()
    discreet: bool | None = None  #: False: without services about violence


def slot(moment: dt.datetime) -> str:
    """The hour of the week a moment (in local time) lies in, as a key: "open:0-09" is Monday from 9 to 10."""
    return f"open:{moment.weekday()}-{moment.hour:02d}"


def month_key(mark: str, day: dt.date) -> str:
    """The key of what begins in a month: "older:2026-11"."""
    return f"{mark}:{day:%Y-%m}"


def day_key(mark: str, day: dt.date) -> str:
    """The key of what begins on a day: "hidden:2026-11-03"."""
    return f"{mark}:{day:%Y-%m-%d}"


def rank(kilometres: float | None, older: bool) -> float:
    """How far down a service stands: its distance, and some more when nobody verified it lately."""
    return (WITHOUT_PLACE if kilometres is None else kilometres) + (OLDER if older else 0.0)
