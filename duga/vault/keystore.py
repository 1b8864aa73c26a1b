"""The key store: two small SQLite files beside the database: a key per organisation and person; keys that pass.

Why a file of its own: erasing a person means destroying her key, everywhere and for good. Keys therefore lie
apart from the records they open, with their own short-lived backups. A person's key is wrapped by her
organisation's key, that one by the installation's key, which is in no database at all: the environment or a
file that two people keep in two places.

Why a second file (`keys.rounds.sqlite3`): keys of counting rounds and of what they keep live for days and must be
gone at once. It is in no backup, so destroying one there is the end of it; a restore loses the rounds that run.
"""

import os
import secrets
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from duga.plain.errors import NotFound, Refused, gettext_noop

SCHEMA = """
CREATE TABLE IF NOT EXISTS organisation_key (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS person_key (id BLOB PRIMARY KEY, organisation BLOB NOT NULL, wrapped BLOB NOT NULL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS person_key_organisation ON person_key (organisation);
CREATE TABLE IF NOT EXISTS rounds.round_key (id BLOB NOT NULL, holder BLOB NOT NULL, wrapped BLOB NOT NULL,
    PRIMARY KEY (id, holder)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erasure (id BLOB PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS proof (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL);
"""
KNOWN = b"duga installation key"
#: Where the key of each kind of subject lies, for destroying it.
TABLES = {"person": "person_key", "organisation": "organisation_key", "round": "rounds.round_key"}
CACHE = 4096


class KeyDestroyed(NotFound):
    """The key was destroyed: what it sealed is gone for good, in every copy."""


def read_installation_key(text: str, path: Path) -> bytes:
    """The 32 bytes of the installation's key, from hex text or, without text, from a file; Refused when unusable."""
    if not text:
        try:
            text = path.read_text().strip()
        except OSError:
            raise Refused(
                gettext_noop("The installation key is missing: set DUGA_KEY or put the key back at %(path)s."),
                path=path,
            ) from None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Refused(gettext_noop("The installation key must be 64 hexadecimal digits."))
    return key


def make_installation_key(path: Path) -> bytes:
    """Writes a new key to `path`, readable by its owner only; an existing file is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def rounds_file(store: Path) -> Path:
    """Where the keys of counting rounds lie, beside the key store and in no backup."""
    return store.with_name(f"{store.stem}.rounds{store.suffix}")


def _wrap(key, plain, label):
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, label)


def _unwrap(key, data, label):
    return AESGCM(key).decrypt(data[:12], data[12:], label)


class KeyStore:
    """Keys by UUID. Safe for threads; each write is on disk before the call returns."""

    def __init__(self, path: Path, installation_key: bytes):
        self.path = Path(path)
        self._key = installation_key
        self._local = threading.local()
        self._organisations: dict[bytes, bytes] = {}
        self._people: dict[bytes, bytes] = {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for path in (self.path, rounds_file(self.path)):
            if not path.exists():
                path.touch(mode=0o600)
        with self._transaction() as db:
            db.executescript(SCHEMA)
        self._prove()
        self._move_rounds()

    def _prove(self):
        """Refuses a key that is not the one this store was made with, before anything is sealed with it."""
        with self._transaction() as db:
            row = db.execute("SELECT sealed FROM proof").fetchone()
            if row is None:
                db.execute("INSERT INTO proof VALUES (1, ?)", (_wrap(self._key, KNOWN, b"proof"),))
                return
        try:
            _unwrap(self._key, row[0], b"proof")
        except InvalidTag:
            raise Refused(
                gettext_noop("This installation key does not open the key store %(path)s: it belongs to another one."),
                path=self.path,
            ) from None

    def _move_rounds(self):
        """A store from before the second file held keys of rounds too: they move over, and leave no bytes behind."""
        known = "SELECT 1 FROM main.sqlite_master WHERE name='round_key'"
        if self._db.execute(known).fetchone():
            with self._transaction() as db:
                if db.execute(known).fetchone():  # another process may have been faster
                    db.execute("INSERT OR IGNORE INTO rounds.round_key SELECT id, holder, wrapped FROM main.round_key")
                    db.execute("DELETE FROM main.round_key")
                    db.execute("DROP TABLE main.round_key")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def _db(self):
        if getattr(self._local, "db", None) is None:
            self._local.db = db = sqlite3.connect(self.path, timeout=20, isolation_level=None)
            db.execute("ATTACH ? AS rounds", (str(rounds_file(self.path)),))
            for name in ("main", "rounds"):
                db.execute(f"PRAGMA {name}.journal_mode=WAL")
                db.execute(f"PRAGMA {name}.synchronous=FULL")
                db.execute(f"PRAGMA {name}.secure_delete=ON")  # a destroyed key leaves no bytes in the file
        return self._local.db

    @contextmanager
    def _transaction(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, made from the installation's key (HKDF-SHA256): nothing of them is stored."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"duga:" + purpose.encode()).derive(self._key)

    def add_organisation(self, organisation) -> None:
        """Makes the organisation's key unless it has one."""
        wrapped = _wrap(self._key, secrets.token_bytes(32), organisation.bytes)
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO organisation_key VALUES (?, ?)", (organisation.bytes, wrapped))

    def organisation_key(self, organisation) -> bytes:
        """The organisation's 32 bytes; KeyDestroyed when it has none (any more)."""
        found = self._organisations.get(organisation.bytes)
        if found is None:
            row = self._db.execute("SELECT wrapped FROM organisation_key WHERE id=?", (organisation.bytes,)).fetchone()
            if row is None:
                raise KeyDestroyed(gettext_noop("This organisation's records can no longer be read: its key is gone."))
            found = self._organisations[organisation.bytes] = _unwrap(self._key, row[0], organisation.bytes)
        return found

    def add_people(self, organisation, people) -> None:
        """Makes a key for each person (UUIDs) of one organisation, in one transaction."""
        outer = self.organisation_key(organisation)
        rows = [
            (person.bytes, organisation.bytes, _wrap(outer, secrets.token_bytes(32), person.bytes)) for person in people
        ]
        with self._transaction() as db:
            db.executemany("INSERT INTO person_key VALUES (?, ?, ?)", rows)

    def person_key(self, person) -> bytes:
        """The person's 32 bytes; KeyDestroyed after erasure."""
        found = self._people.get(person.bytes)
        if found is None:
            found = self.person_keys([person]).get(person)
            if found is None:
                raise KeyDestroyed(gettext_noop("This person's data was erased and can no longer be read."))
        return found

    def person_keys(self, people) -> dict:
        """Keys of many people at once, {UUID: 32 bytes}; those erased are absent."""
        found, missing = {}, []
        for person in people:
            key = self._people.get(person.bytes)
            if key is None:
                missing.append(person)
            else:
                found[person] = key
        for start in range(0, len(missing), 500):
            part = {person.bytes: person for person in missing[start : start + 500]}
            marks = ",".join("?" * len(part))
            query = f"SELECT id, organisation, wrapped FROM person_key WHERE id IN ({marks})"  # noqa: S608 only ?-marks
            for id_, organisation, wrapped in self._db.execute(query, list(part)):
                outer = self.organisation_key(_Bytes(organisation))
                if len(self._people) >= CACHE:
                    self._people.clear()
                found[part[id_]] = self._people[id_] = _unwrap(outer, wrapped, id_)
        return found

    def destroy_person(self, person) -> None:
        """Destroys a person's key for good and notes the erasure, which every later restore applies again."""
        self._destroy("person", person)
        self._people.pop(person.bytes, None)

    def destroy_organisation(self, organisation) -> None:
        """Destroys an organisation's key: every person it helped becomes unreadable at once."""
        self._destroy("organisation", organisation)
        self._organisations.clear()
        self._people.clear()

    def add_round(self, round_, organisations) -> None:
        """Makes the key of a counting round and gives it to these organisations, each under its own key.

        No other copy is made: nobody reads it but through an organisation's key, so whoever counts never holds it.
        """
        key, label = secrets.token_bytes(32), b"round:" + round_.bytes
        rows = [(round_.bytes, o.bytes, _wrap(self.organisation_key(o), key, label)) for o in organisations]
        with self._transaction() as db:
            db.executemany("INSERT INTO rounds.round_key VALUES (?, ?, ?)", rows)

    def round_key(self, round_, organisation) -> bytes:
        """A counting round's 32 bytes as one organisation holds them; KeyDestroyed when it holds none (any more)."""
        wrapped = self._round_row(round_, organisation.bytes)
        return _unwrap(self.organisation_key(organisation), wrapped, b"round:" + round_.bytes)

    def add_box(self, box) -> None:
        """Makes a key of the house's own for something that is kept for a while and then destroyed (a UUID)."""
        wrapped = _wrap(self._key, secrets.token_bytes(32), b"box:" + box.bytes)
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO rounds.round_key VALUES (?, ?, ?)", (box.bytes, b"", wrapped))

    def box_key(self, box) -> bytes:
        """The 32 bytes of such a thing; KeyDestroyed once its time is over."""
        return _unwrap(self._key, self._round_row(box, b""), b"box:" + box.bytes)

    def _round_row(self, id_, holder):
        query = "SELECT wrapped FROM rounds.round_key WHERE id=? AND holder=?"
        row = self._db.execute(query, (id_.bytes, holder)).fetchone()
        if row is None:
            raise KeyDestroyed(gettext_noop("The key of this counting round was destroyed and opens nothing any more."))
        return row[0]

    def holds_round(self, id_) -> bool:
        """Whether the key of a counting round, or of what it kept, is here in any hand."""
        query = "SELECT 1 FROM rounds.round_key WHERE id=? LIMIT 1"
        return self._db.execute(query, (id_.bytes,)).fetchone() is not None

    def round_ids(self) -> list[bytes]:
        """The ids of all counting rounds, and of what they keep, whose key is here."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT id FROM rounds.round_key ORDER BY id")]

    def destroy_running_rounds(self) -> int:
        """Destroys the key of every counting round that runs, in every hand; returns how many. Boxes stay."""
        query = "SELECT DISTINCT id FROM rounds.round_key WHERE holder != x''"
        running = [_Bytes(row[0]) for row in self._db.execute(query)]
        for each in running:
            self.destroy_round(each)
        return len(running)

    def destroy_round(self, id_) -> None:
        """Destroys the key of a counting round, or of what it kept, in every hand: no other copy of it is anywhere."""
        self._destroy("round", id_)

    def _destroy(self, kind, subject):
        with self._transaction() as db:
            db.execute(f"DELETE FROM {TABLES[kind]} WHERE id=?", (subject.bytes,))  # noqa: S608 table is ours
            db.execute("INSERT OR IGNORE INTO erasure VALUES (?, ?, ?)", (subject.bytes, kind, int(time.time())))
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the key's bytes stay in the -wal file

    def erasures(self) -> list[tuple[bytes, str, int]]:
        """All erasures ever: (id bytes, person|organisation|round, unix seconds)."""
        return self._db.execute("SELECT id, kind, at FROM erasure ORDER BY at, id").fetchall()

    def apply_erasures(self, erasures) -> int:
        """Erases again what was erased after the backup now restored; returns how many keys went."""
        gone = 0
        with self._transaction() as db:
            for id_, kind, at in erasures:
                gone += db.execute(f"DELETE FROM {TABLES[kind]} WHERE id=?", (id_,)).rowcount  # noqa: S608
                db.execute("INSERT OR IGNORE INTO erasure VALUES (?, ?, ?)", (id_, kind, at))
        self._people.clear()
        self._organisations.clear()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def people_of(self, organisation) -> int:
        """How many of an organisation's people have a key."""
        query = "SELECT count(*) FROM person_key WHERE organisation=?"
        return self._db.execute(query, (organisation.bytes,)).fetchone()[0]

    def backup(self, target: Path) -> None:
        """A consistent copy of the store, taken while it is in use; without the keys of rounds."""
        with sqlite3.connect(target) as copy:
            self._db.backup(copy)
        copy.close()

    def close(self) -> None:
        """Closes this thread's connection."""
        if getattr(self._local, "db", None) is not None:
            self._local.db.close()
            self._local.db = None


class _Bytes:
    """What the store needs of a UUID, for ids that come out of it as bytes."""

    __slots__ = ("bytes",)

    def __init__(self, value):
        self.bytes = value
