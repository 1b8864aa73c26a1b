"""Guesses which column of a sheet holds which field: by the words of the header and the shape of the values.

Knows no field of its own. Whoever imports brings `FieldSpec`s with their words in all languages; what is
here is how headers are written in the region: abbreviations, endings, slips of the finger, groups with
slashes, XML names.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from duga.plain.dates import read_date
from duga.plain.errors import Unreadable
from duga.plain.numbers import read_number, read_quantity
from duga.plain.tables.model import SheetTable, cell_text
from duga.plain.text import fold

THRESHOLD = 0.4  # a weaker guess is none
_SAMPLE = 120  # values a column is judged by

# Folded short forms that headers of the region use, and what they stand for.
_ABBREVIATIONS = {
    "br": "broj",
    "bbr": "broj",
    "dat": "datum",
    "god": "godina",
    "ul": "ulica",
    "tel": "telefon",
    "mob": "mobilni",
    "prez": "prezime",
    "op": "opstina",
    "opst": "opstina",
    "nas": "naselje",
    "kol": "kolicina",
    "cl": "clanova",
    "dom": "domacinstva",
    "rod": "rodenja",
    "nap": "napomena",
    "vr": "vrsta",
    "org": "organizacija",
    "nr": "numri",
    "no": "number",
    "num": "number",
    "qty": "quantity",
    "dt": "datum",
    "adr": "adresa",
    "rb": "redni",
    "kom": "komada",
    "lk": "licna karta",
    "zem": "zemlja",
    "obl": "oblast",
    "kor": "korisnik",
    "hh": "household",
}
_STOP = frozenset(
    re.findall(
        r"\w+", "i a e u o of the and or per za od na do sa se te ne me dhe nga ose si ili in for by to da li po je"
    )
)
_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_CAMEL = re.compile(r"(?<=[a-zčćšžđёа-џ])(?=[A-ZČĆŠŽĐА-ЯЂ-Џ])")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\. ?){2,}")  # J.M.B.G., l.k.
_TOKEN = re.compile(r"[^\W_]+\.?")


@dataclass(frozen=True)
class FieldSpec:
    """A field to be found in a sheet.

    `words` are folded names of the field in every language, the usual ones first; `kind` is text, date, number,
    quantity (a number that may say “about”), code (one of `values`, folded) or name; `required` fields are also
    guessed from values alone; a header with one of the `avoid` words is never this field.
    """

    name: str
    words: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    values: frozenset[str] = frozenset()
    avoid: tuple[str, ...] = ()


class Guess(dict):
    """A mapping {field name: column index} with the `confidence` (0 to 1) of each and the `unmapped` columns."""

    def __init__(self, mapping: Mapping[str, int], confidence: Mapping[str, float], width: int):
        super().__init__(mapping)
        self.confidence = dict(confidence)
        taken = set(self.values())
        self.unmapped = [index for index in range(width) if index not in taken]


def guess_mapping(table: SheetTable, fields: Iterable[FieldSpec], remembered: Mapping[str, str] | None = None) -> Guess:
    """Return the best assignment of columns to fields: one column a field, weak guesses left out.

    `remembered` maps field names to column names that were right before; what of it is found in this table
    stands with confidence 1, only the rest is guessed. Time grows with fields times columns, not with rows.
    """
    fields = list(fields)
    fixed = apply_names(table, {f.name: remembered[f.name] for f in fields if f.name in (remembered or {})})
    open_fields = [spec for spec in fields if spec.name not in fixed]
    columns = _columns(table, skip=set(fixed.values()))
    vocabulary = _Vocabulary(word for spec in open_fields for word in (*spec.words, *spec.avoid))
    for column in columns:
        column.understand(vocabulary)
    scores = [[_score(spec, column) for column in columns] for spec in open_fields]
    mapping, confidence = dict(fixed), dict.fromkeys(fixed, 1.0)
    for spec, place in zip(open_fields, _assign(scores), strict=True):
        if place is not None:
            mapping[spec.name] = columns[place].index
            confidence[spec.name] = round(scores[open_fields.index(spec)][place], 3)
    ordered = {spec.name: mapping[spec.name] for spec in fields if spec.name in mapping}
    return Guess(ordered, confidence, len(table.columns))


def names_of(table: SheetTable, mapping: Mapping[str, int]) -> dict[str, str]:
    """Return {field: column name}, the form in which a mapping is remembered."""
    return {field: table.columns[index] for field, index in mapping.items()}


def apply_names(table: SheetTable, names: Mapping[str, str]) -> dict[str, int]:
    """Return {field: column index} for the remembered column names that this table has, blind to script."""
    places: dict[str, int] = {}
    for index, column in enumerate(table.columns):
        places.setdefault(fold(column), index)
    exact = {column: index for index, column in enumerate(table.columns)}
    found = {field: exact.get(name, places.get(fold(name))) for field, name in names.items()}
    return {field: index for field, index in found.items() if index is not None}


# --- headers ---------------------------------------------------------------------------------------


class _Vocabulary:
    """The words of all fields, each compared only once with each word of a header."""

    def __init__(self, phrases: Iterable[str]):
        self._by_letter: dict[str, set[str]] = {}
        for word in {token for phrase in phrases for token in _tokens(phrase)}:
            self._by_letter.setdefault(word[:1], set()).add(word)
        self._known: dict[str, dict[str, float]] = {}

    def like(self, token: str) -> dict[str, float]:
        """Return {word: how surely the token is this word} for the words it may be."""
        if token not in self._known:
            likely = {word: _likeness(token, word) for word in self._by_letter.get(token[:1], ())}
            self._known[token] = {word: quality for word, quality in likely.items() if quality}
        return self._known[token]


class _Column:
    """One column: the words of its header with their weight, and lazily what shape its values have."""

    def __init__(self, index: int, header: str, values: list):
        self.index = index
        self.header = header
        self.data = values
        *groups, leaf = [part for part in re.split(r"\s*/\s*|\s*::\s*", header) if part] or [header]
        self.weights: dict[str, float] = {}
        for group in groups:
            self._add(group, 0.25)
        self._add(leaf, 1.0)
        self.matches: dict[str, tuple[float, str]] = {}
        self._shapes: dict[object, float] = {}

    def _add(self, text: str, weight: float) -> None:
        for token in _tokens(text, keep_dots=True):
            factor = 0.2 if token in _STOP or token.isdigit() else 1.0
            self.weights[token] = max(self.weights.get(token, 0), weight * factor)

    def understand(self, vocabulary: "_Vocabulary") -> None:
        """Note for each known word how well the header holds it, and by which of its own words."""
        for token in self.weights:
            for word, quality in vocabulary.like(token).items():
                if quality > self.matches.get(word, (0, ""))[0]:
                    self.matches[word] = (quality, token)

    def shape(self, spec: FieldSpec) -> float:
        """Return the share of values that have the shape of the field's kind; a half when there are none."""
        key = (spec.kind, spec.values)
        if key not in self._shapes:
            fits = _SHAPES.get(spec.kind)
            if spec.kind == "code" and spec.values:
                share = sum(fold(cell_text(value)) in spec.values for value in self.data) / max(len(self.data), 1)
            elif fits:
                share = sum(map(fits, self.data)) / max(len(self.data), 1)
            else:
                share = 0.5
            self._shapes[key] = share if self.data else 0.5
        return self._shapes[key]

    @property
    def counts_rows(self) -> bool:
        """Whether the column only numbers the rows."""
        numbers = [value for value in self.data if isinstance(value, int)]
        rising = all(later > earlier for earlier, later in zip(numbers, numbers[1:], strict=False))
        return len(numbers) == len(self.data) > 2 and rising and numbers[0] in (0, 1)


def _columns(table: SheetTable, skip: set[int]) -> list[_Column]:
    heads = set(table.columns)
    step = max(len(table.rows) // _SAMPLE, 1)
    sample = table.rows[::step]
    columns = []
    for index, header in enumerate(table.columns):
        parent = re.split(r" ?/ ?[^/]*$", header)[0]
        if index in skip or (parent != header and parent in heads):
            continue  # a tick box of a multiple choice, whose answers stand in the parent's column
        columns.append(_Column(index, header, [row.cells[index] for row in sample if row.cells[index] is not None]))
    return columns


@lru_cache(maxsize=4096)
def _tokens(text: str, keep_dots: bool = False) -> tuple[str, ...]:
    bare = _PARENTHESES.sub(" ", text)
    if " " not in bare.strip():
        bare = _CAMEL.sub(" ", bare)
    tokens = []
    bare = _INITIALS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", fold(bare))
    for token in _TOKEN.findall(bare):
        plain = token.rstrip(".")
        known = _ABBREVIATIONS.get(plain)
        if known:
            tokens += known.split()
        else:
            tokens.append(token if keep_dots and len(plain) >= 2 else plain)
    return tuple(tokens)


def _likeness(token: str, word: str) -> float:
    """Say how surely a word of a header (maybe cut short by a dot) is a known word, from 0 to 1."""
    bare = token.rstrip(".")
    if bare == word:
        return 1.0
    if bare != token and len(bare) >= 2 and word.startswith(bare):
        return 0.9  # “količ.”
    longer = max(len(bare), len(word))
    common = next((n for n, (a, b) in enumerate(zip(bare, word, strict=False)) if a != b), min(len(bare), len(word)))
    if common >= 4 and common >= 0.7 * longer:
        return 0.9  # another ending: opština, opštine
    if longer >= 5 and abs(len(bare) - len(word)) <= 1 and _one_slip(bare, word):
        return 0.8
    return 0.0


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, doubled, or two neighbours swapped."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, tail = one[start:], other[start:]
    if rest[1:] == tail[1:] or rest[1:] == tail or rest == tail[1:]:
        return True
    return rest[:2] == tail[:2][::-1] and rest[2:] == tail[2:]


def _header_score(spec: FieldSpec, column: _Column) -> float:
    if column.header.startswith("_"):  # technical columns of survey tools, only when asked for by name
        return 1.0 if column.header in spec.words else 0.0
    total = sum(column.weights.values())
    best = 0.0
    for word in spec.words:
        wanted = _tokens(word)
        found = [column.matches.get(token, (0.0, "")) for token in wanted]
        if not wanted or any(not quality for (quality, _), t in zip(found, wanted, strict=True) if t not in _STOP):
            continue
        held = {own: max(q for q, o in found if o == own) for _, own in found if own}
        quality = sum(q for q, _ in found) / len(found)
        covered = sum(column.weights[own] for own in held) / total
        best = max(best, quality * (0.35 + 0.65 * covered))
    return best


# --- values ----------------------------------------------------------------------------------------


def _is_date(value: object) -> float:
    if isinstance(value, dt.date):
        return 1.0
    if isinstance(value, (int, float)):
        return 0.3 if 20_000 < value < 60_000 else 0.0
    return _reads(read_date, value)


def _is_number(value: object) -> float:
    if isinstance(value, str) and re.match(r"0\d", value):  # a code, not a count
        return 0.0
    return _reads(read_number, value)


def _is_quantity(value: object) -> float:
    if isinstance(value, str) and re.match(r"0\d", value):
        return 0.0
    return _reads(read_quantity, value)


def _is_name(value: object) -> float:
    if not isinstance(value, str) or len(value) > 60:
        return 0.0
    words = re.split(r"[\s-]+", value)
    letters = all(word.replace("'", "").replace("’", "").replace(".", "").isalpha() for word in words if word)
    upper = sum(word[:1].isupper() or not word[:1].islower() for word in words)
    return float(letters and len(words) <= 5 and upper >= len(words) - 1)


def _reads(read, value: object) -> float:
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return 0.0
    try:
        read(value)
    except Unreadable:
        return 0.0
    return 1.0


_SHAPES = {"date": _is_date, "number": _is_number, "quantity": _is_quantity, "name": _is_name}
_STRICT = {"date", "number", "quantity"}


def _score(spec: FieldSpec, column: _Column) -> float:
    """Return how surely a column holds a field, 0 for weaker than the threshold."""
    if any(column.matches.get(token, (0,))[0] >= 0.9 for word in spec.avoid for token in _tokens(word)):
        return 0.0
    head = _header_score(spec, column)
    if not head and not (spec.required or spec.values):
        return 0.0
    shape = column.shape(spec)
    if head:
        share = 0.5 if spec.kind in _STRICT else 0.3
        score = head * (1 - share + share * shape) if spec.kind != "text" else head
        if spec.kind in _STRICT and shape < 0.2:
            score *= 0.4
        if spec.kind in ("number", "quantity") and column.counts_rows and head < 0.8:
            score *= 0.4
        if not column.data:
            score *= 0.7  # room for a signature, not a field
    else:
        score = _from_values_alone(spec, column, shape)
    return score if score >= THRESHOLD else 0.0


def _from_values_alone(spec: FieldSpec, column: _Column, shape: float) -> float:
    if len(column.data) < 3 or column.header.startswith("_"):
        return 0.0
    if spec.kind == "code" and spec.values and shape >= 0.8:
        return 0.5 * shape
    if spec.required and spec.kind in ("date", "name") and shape >= 0.9:
        return 0.45 * shape
    if spec.required and spec.kind in ("number", "quantity") and shape >= 0.95 and not column.counts_rows:
        return 0.42 * shape
    return 0.0


# --- assignment ------------------------------------------------------------------------------------


def _assign(scores: list[list[float]]) -> list[int | None]:
    """Return for each field its column, so that the sum of squared scores is the largest possible.

    The Hungarian method with potentials, O(fields² × columns); each field may also stay without a column.
    """
    if not scores:
        return []
    rows, width = len(scores), len(scores[0]) + len(scores)
    cost = [[-(s * s) + 1e-9 * place for place, s in enumerate(row)] + [0.0] * rows for row in scores]
    of_row, of_column, owner = [0.0] * (rows + 1), [0.0] * (width + 1), [0] * (width + 1)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least, before, seen = [float("inf")] * (width + 1), [0] * (width + 1), [False] * (width + 1)
        while owner[column]:
            seen[column], current, step, following = True, owner[column], float("inf"), 0
            for other in range(1, width + 1):
                if seen[other]:
                    continue
                reduced = cost[current - 1][other - 1] - of_row[current] - of_column[other]
                if reduced < least[other]:
                    least[other], before[other] = reduced, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(width + 1):
                if seen[other]:
                    of_row[owner[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            owner[column], column = owner[before[column]], before[column]
    chosen: list[int | None] = [None] * rows
    for column in range(1, len(scores[0]) + 1):
        if owner[column] and scores[owner[column] - 1][column - 1] > 0:
            chosen[owner[column] - 1] = column - 1
    return chosen
