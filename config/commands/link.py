"""duga link: who is who across files, without a name reaching the step that links. No database or settings needed."""

import csv
import tempfile
from pathlib import Path

import click

from config.commands.options import check_places, to_hand_on
from duga.plain.errors import NotFound, Refused, gettext_noop


@click.command()
@click.argument("sources", metavar="A.csv [B.csv …]", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--id", "identifier", required=True, help="The column that identifies a record within its file.")
@click.option("--fields", required=True, metavar="ROLE=COLUMN,…", help="e.g. given=first_name,family=surname,born=dob.")
@click.option(
    "--key-file", required=True, type=click.Path(path_type=Path), help="The round's key: 64 hexadecimal digits."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the clusters go (CSV).")
def link(sources, identifier, fields, key_file, out):
    """Find the records of one person across files and within them.

    Roles: given family father born birth_year sex place postcode street number phone document nationality; any of
    them. Dates as YYYYMMDD, ISO or day first; what cannot be read counts as missing. Each file is encoded with the
    key; linking reads the encodings alone. OUT has every record once: file, id, cluster and probability (of a record
    with others: that it belongs to them; of a record alone: that it is nobody else's, 0.5 where it says nothing).
    Files of one name are called by their paths.
    """
    from duga.evidence import linkage
    from duga.evidence.files import csv_bytes, write_whole
    from duga.evidence.linkage.files import names_of, read_records
    from duga.evidence.linkage.keys import RoundKey

    roles = _roles(fields)
    key = RoundKey(_key_text(key_file))
    if key.guessable:
        click.echo("Anybody could guess this key. Use one made for this round: openssl rand -hex 32", err=True)
    names = names_of(sources)
    check_places([out], [*sources, key_file])
    with tempfile.TemporaryDirectory(prefix="duga-link-") as folder:
        ids, coded = [], []
        for i, (source, name) in enumerate(zip(sources, names, strict=True)):
            found, rows = read_records(source, identifier, roles)
            encoded = linkage.encode(rows, roles, key, Path(folder) / f"{i}.parquet", progress=_meter(name))
            del rows
            _say_unread(name, encoded)
            ids.append(found)
            coded.append(encoded)
        linked = linkage.link(
            [each.path for each in coded], progress=lambda words, share: click.echo(f"{words} …", err=True)
        )
    rows = []
    for i, (name, found, encoded) in enumerate(zip(names, ids, coded, strict=True)):
        people = linked.of_file(i)
        for who, number in zip(found, encoded.numbers, strict=True):
            cluster, probability = people[number]
            rows.append({"file": name, "id": who, "cluster": cluster, "probability": f"{probability:.4f}"})
    _number(rows)
    write_whole(out, csv_bytes(("file", "id", "cluster", "probability"), rows))
    to_hand_on(out)
    _say(linked)


def _roles(text: str) -> dict[str, str]:
    from duga.evidence.linkage.encoding import check_roles

    pairs: dict[str, str] = {}
    for item in next(csv.reader([text], skipinitialspace=True), []):
        role, equals, column = (part.strip() for part in item.partition("="))
        if not item.strip():
            continue
        if not equals or not role or not column:
            raise click.UsageError(f"--fields is written role=column,role=column, not {item!r}.")
        if role in pairs:
            raise click.UsageError(f"--fields names {role} twice. Each role has one column.")
        pairs[role] = column
    return check_roles(pairs)


def _key_text(path: Path) -> str:
    try:
        return path.read_bytes()[:1000].decode("utf-8-sig").strip()
    except FileNotFoundError as error:
        raise NotFound(gettext_noop("There is no key file %(file)s."), file=str(path)) from error
    except UnicodeDecodeError as error:
        raise Refused(gettext_noop("%(file)s holds no key: 64 hexadecimal digits."), file=path.name) from error


def _meter(name: str):
    def progress(done: int, total: int) -> None:
        if total > 20_000 and (done % 100_000 == 0 or done == total):
            click.echo(f"{name}: {done:,} of {total:,} encoded", err=True)

    return progress


def _say_unread(name: str, encoded) -> None:
    unread = ", ".join(f"{role} {count:,}" for role, count in encoded.unread.items() if count)
    if unread:
        click.echo(f"{name}: could not be read and count as missing: {unread}.", err=True)


def _number(rows: list[dict]) -> None:
    """Numbers clusters from 1 in the order of the records as they stand in the files."""
    numbers: dict[int, int] = {}
    for row in rows:
        row["cluster"] = numbers.setdefault(row["cluster"], len(numbers) + 1)


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _say(linked) -> None:
    found = linked.estimate()
    counted = [_many(linked.records, "record", "records"), _many(linked.people, "person", "people")]
    click.echo(f"{', '.join(counted)}; {_many(linked.compared, 'pair', 'pairs')} compared.", err=True)
    if silent := len(linked.silent):
        says = "says too little to be compared: it may be anybody." if silent == 1 else ""
        says = says or "say too little to be compared: each may be anybody."
        click.echo(f"{_many(silent, 'record', 'records')} {says}", err=True)
    click.echo(
        f"Different people: {found.low:,} to {found.high:,}"
        + (f", likeliest {found.people:,}." if found.precise else "."),
        err=True,
    )
