"""The fingerprint of facts: the same facts give the same SHA-256, whatever their order, engine or machine.

Each fact is written as one line of text in a fixed form, the lines of a month are sorted by their bytes and
hashed as one stream; the whole is the hash of the list of months. Why so, and not a sum or XOR of row hashes:
XOR loses pairs of equal rows, and a plain sum of 256-bit hashes can be steered by someone who may choose
rows (Wagner's generalised birthday attack). Sorting costs a little, keeps duplicates, and is as hard to forge
as SHA-256 itself. By month, so that new facts re-hash their month only.
"""

import hashlib
from collections.abc import Iterable, Mapping

from duga.evidence.model import FACTS

SEPARATOR = "\x1f"


def line_of(fact: Mapping) -> bytes:
    """One fact as its line: the definition, and the slow twin of `of_table`.

    Numbers in shortest decimal form, a month as YYYY-MM, an empty value as nothing. The separator (unit
    separator, U+001F) and newlines can not occur inside a word: `snapshot` refuses them.
    """
    parts = []
    for name, kind in FACTS.items():
        value = fact[name]
        if value is None:
            parts.append("")
        elif kind == "month":
            parts.append(f"{value.year:04}-{value.month:02}")
        elif kind == "decimal":
            parts.append(f"{value:.3f}".rstrip("0").rstrip("."))
        else:
            parts.append(str(value))
    return (SEPARATOR.join(parts) + "\n").encode()


def of_lines(lines: Iterable[bytes]) -> str:
    """Fingerprint of one month's lines, in any order."""
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line)
    return digest.hexdigest()


def of_months(months: Mapping[str, str], schema_version: int) -> str:
    """Fingerprint of the whole from the fingerprints of its months (`{"2020-03": "…"}`)."""
    text = f"duga facts {schema_version}\n" + "".join(f"{month} {months[month]}\n" for month in sorted(months))
    return hashlib.sha256(text.encode()).hexdigest()


def of_table(table) -> str:
    """Fingerprint of one month's facts, an Arrow table with the columns of `model.FACTS` in any order of rows.

    The same as `of_lines` of every row's `line_of`, a hundred times faster: what repeats (words, months, quantities) is
    written once for each combination that occurs, and rows are put in order by the number they begin with.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not table.num_rows:
        return of_lines([])
    table = table.unify_dictionaries().combine_chunks()
    numbers = [name for name, kind in FACTS.items() if kind.startswith("uint32")]
    last = max(list(FACTS).index(name) for name in numbers)
    parts = [
        _number_texts(table[name]) if name in numbers else _texts(table[name], FACTS[name])
        for name in list(FACTS)[: last + 1]
    ]
    endings = _endings(table, list(FACTS)[last + 1 :])
    lines = pc.binary_join_element_wise(*parts, endings, pa.scalar(SEPARATOR, pa.large_string()))
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    digest = hashlib.sha256()
    order = _order(lines, table["person"].combine_chunks())
    for start in range(0, len(order), 500_000):
        digest.update(_bytes_of(lines.take(order[start : start + 500_000])))
    return digest.hexdigest()


def _number_texts(column):
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return pa.array([""], pa.large_string()).take(pa.nulls(len(column), pa.int8()).fill_null(0))
    return pc.fill_null(pc.cast(column.combine_chunks(), pa.large_string()), "")


def _texts(column, kind: str):
    """A column of words, months or quantities as text, each different value written once."""
    codes, values = _coded(column, kind)
    return values.take(codes)


def _coded(column, kind: str):
    """(code of each row, the texts the codes stand for)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    values = column.dictionary
    if kind == "month":
        values = pc.strftime(values, "%Y-%m")
    elif kind == "decimal":
        values = pa.array([f"{value:.3f}".rstrip("0").rstrip(".") for value in values.to_pylist()], pa.string())
    return column.indices, pc.cast(values, pa.large_string())


def _endings(table, names: list[str]):
    """The words from the last number on, with the newline: joined once for each combination that occurs."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = [_coded(table[name], FACTS[name]) for name in names]
    which = combined([(np.asarray(codes), len(values)) for codes, values in coded])
    _, first, place = np.unique(which, return_index=True, return_inverse=True)
    texts = [values.take(codes.take(pa.array(first))) for codes, values in coded]
    large = pa.large_string()
    texts[-1] = pc.binary_join_element_wise(texts[-1], pa.scalar("\n", large), pa.scalar("", large))
    return pc.binary_join_element_wise(*texts, pa.scalar(SEPARATOR, large)).take(pa.array(place.ravel()))


def combined(coded: Iterable[tuple]):
    """One whole number for each row from several codes, given as (codes, number of different ones), most telling first.

    Equal where all codes are equal, and in their order; made dense again before it would outgrow 64 bits.
    """
    import numpy as np

    key, room = None, 1
    for codes, size in coded:
        size = max(int(size), 1)
        if key is None:
            key, room = codes.astype(np.int64), size
            continue
        if room * size > 1 << 62:
            different, key = np.unique(key, return_inverse=True)
            key, room = key.ravel().astype(np.int64), len(different)
        key, room = key * size + codes, room * size
    return key


def _order(lines, person):
    """The order of the lines by their bytes: by the person's digits first, and only equal ones by the whole line."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    number = person.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
    digits = np.searchsorted(10 ** np.arange(1, 10, dtype=np.uint64), number, side="right").astype(np.uint64) + 1
    key = number * 10 ** (10 - digits) * 16 + digits
    if person.null_count:
        key[person.is_null().to_numpy(zero_copy_only=False)] = 0
    order = np.argsort(key, kind="stable")
    key = key[order]
    equal = key[1:] == key[:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
    if len(tied):
        rows = order[tied]
        order[tied] = rows[pc.sort_indices(lines.take(pa.array(rows))).to_numpy()]
    return pa.array(order)


def _bytes_of(column) -> memoryview:
    """All text of an Arrow large_string array as one run of bytes, without a copy."""
    _, offsets, data = column.buffers()
    ends = memoryview(offsets).cast("q")
    return memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]]
