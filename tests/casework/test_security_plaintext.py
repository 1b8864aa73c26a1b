"""A copy of everything that lies on disk tells no name, no number and no word of a note.

Lives are written through the actions of every topic (lives.py); then every byte is looked at, of the database's file
and its write-ahead log, of PostgreSQL's own dump, of the folder of files, of a backup made by the product's own command
and unpacked, and of the log: in both scripts, in large letters and small, in UTF-8 and UTF-16, and as hex.
"""

import io
import logging
import re
import subprocess
import tarfile

import pytest
from click.testing import CliRunner
from django.db import connection
from django.urls import reverse

from config.backups import database_file
from config.commands.keep import backup
from config.logs import Discreet
from duga.plain.text import to_cyrillic, to_latin
from tests import pages
from tests.casework import lives
from tests.casework.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)


#: What lives.Words draws: five syllables, in either script; a number with its gap or without.
SOUND = "[bdgkmprtvzбдгкмпртвз][aeiouаеиоу]"
FORM = re.compile(f"(?=((?:{SOUND}){{5}}|06[0-9] ?[0-9]{{6}}))")
HEX = re.compile(rb"[0-9a-f]{18,}", re.IGNORECASE)


def said(data: bytes) -> set[str]:
    """All that stands in a file and has the form of a drawn word, in small Latin letters: as UTF-8, as UTF-16 from any
    byte on (of either order), and as bytes written in hex."""
    bare = b" ".join(bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in HEX.findall(data))
    texts = [data.decode("utf-8", "ignore"), bare.decode("utf-8", "ignore")]
    texts += [data[start:].decode(kind, "ignore") for kind in ("utf-16-le", "utf-16-be") for start in (0, 1)]
    return {to_latin(found).replace(" ", "") for text in texts for found in FORM.findall(text.lower())}


def told_by(words, files) -> list[str]:
    """Where one of the words stands after all."""
    looked_for = {word.lower().replace(" ", ""): word for word in words}
    return sorted(f"{name}: {looked_for[word]}" for name, data in files for word in said(data) & looked_for.keys())


def lying(folder):
    """Every file under a folder, its bytes."""
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()]


def unpacked(archive):
    """What is in a backup; PostgreSQL's dump as its own tool reads it."""
    with tarfile.open(archive) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar.getmembers()]
    for name, data in members:
        if name == "database.pgdump":
            read = subprocess.run(["pg_restore", "--file=-"], input=data, capture_output=True, check=True)
            members.append(("database as SQL", read.stdout))
    return members


@pytest.fixture
def log():
    """All that is written to the log while the test runs, as the house writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_no_copy_of_anything_tells_a_name_a_number_or_a_note(cast, settings, tmp_path, client, log):
    data = tmp_path / "data"
    settings.DATA, settings.MEDIA_ROOT, settings.BACKUPS = data, data / "files", tmp_path / "backups"
    data.mkdir()
    words = lives.Words(11)
    life = lives.open_life(cast, words)
    lives.sealed_life(cast, words, "SOS")
    lives.the_house(cast, words)
    client.force_login(cast.accounts["coordinator"])
    for typed in sorted(words.secret)[:3]:  # typed where it does not belong, it stands in no log either
        client.get(reverse("casework:request_new", kwargs=pages.of_niksic(cast)), {"person": typed})
        client.post(reverse("casework:edit", kwargs={"person_id": life.person.pk}), {"given": typed, "version": typed})
    with real_database(data):
        made = at_once(lambda _n: CliRunner().invoke(backup, ["--to", str(settings.BACKUPS)]), 1)[0]
        assert made.exit_code == 0, made.output
        lies = lying(data)
        if connection.vendor == "postgresql":
            assert any(name == "database.pgdump" for name, _ in unpacked(next(settings.BACKUPS.glob("*.tar.gz"))))
        else:
            assert any(name.endswith(".sqlite3") and b"casework_person" in each for name, each in lies)
    kept = unpacked(next(settings.BACKUPS.glob("duga-*.tar.gz")))
    assert {name for name, _ in kept} >= {"manifest.json", database_file()}
    assert sum(name.startswith("files/") for name, _ in kept) >= 6, "papers, files of cases, a sheet on its way in"
    secret = words.secret | life.helper.secret
    assert len(secret) > 140 and all(FORM.match(word.lower()) for word in secret)
    assert told_by(secret, [*lies, *kept, *lying(settings.BACKUPS), ("log", log.getvalue().encode())]) == []


def test_the_look_itself_finds_what_lies_open(tmp_path):
    drawn = lives.Words(1)
    one, two, three, four, five = (drawn.name() for _ in range(5))
    number = drawn.phone()
    lies = [
        f"x{to_cyrillic(one).upper()}x".encode(), b"\1" + f"x{to_cyrillic(two)}".encode("utf-16-be"),
        f"1{three}".encode("utf-16-le"), b"\\x" + four.encode().hex().encode(), number.replace(" ", "").encode(),
    ]  # fmt: skip
    (tmp_path / "open").write_bytes(b"\xff".join(lies))
    found = {each.split(": ")[1] for each in told_by({*drawn.secret, five}, lying(tmp_path))}
    assert found == {one, two, three, four, number}
