"""Reading the audit trail, and whether it still says what it said.

Entries of one organisation form a chain: each holds the SHA-256 of what it says and of the entry before. The end of
each chain (`TrailHead`) is sealed with a key derived from the installation's key, which no database holds.

What an attacker who can write to the database, but has neither the installation's key nor the server, could do:

- change an entry, or one and all hashes after it: the entry's hash, or the sealed head, no longer fits;
- leave out, add or reorder entries: number, `previous` or the head no longer fits;
- cut off the end and move the head back: the head's seal was made for another number;
- put back an older head that was once truly sealed, and cut the tail to match (restoring an old copy): this looks
  right from inside. It shows against a *witness*: heads noted down outside the database (`trail_heads`, which every
  backup and `duga doctor` keep), given to `verify_all`;
- delete a whole chain with its head: an organisation without a trail is reported, since founding one leaves an entry.

Who can run code on the server, or holds the installation's key, can seal whatever they like: only a witness that was
taken off the machine shows that.
"""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator

from duga.members.models import Account, Network, Organisation, TrailEntry, TrailHead
from duga.members.queries.access import networks_below, require
from duga.members.rules import INSIDE_EVENTS, Permission, Viewer
from duga.vault import sealing

#: The chain of what belongs to no organisation (networks, places, releases).
NO_ORGANISATION = uuid.UUID(int=0)
PAGE = 50
_TOLD = (
    "organisation_id", "number", "at", "actor", "actor_id", "event", "subject_label", "subject_id", "detail",
    "previous",
)  # fmt: skip


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def _hash(organisation_id, number, at, actor, actor_id, event, subject_label, subject_id, detail, previous) -> str:
    told = [
        str(organisation_id or ""), number, at.isoformat(), actor, str(actor_id or ""), event, subject_label,
        subject_id, detail, previous,
    ]  # fmt: skip
    return hashlib.sha256(_encode(told).encode()).hexdigest()


def entry_hash(entry) -> str:
    """SHA-256 over everything an entry says and the hash of the one before."""
    return _hash(*(getattr(entry, name) for name in _TOLD))


def head_seal(chain: uuid.UUID, number: int, hash_: str) -> str:
    """HMAC-SHA256 over the end of a chain, with a key that is in no database."""
    return hmac.digest(sealing.derived("trail"), f"{chain}|{number}|{hash_}".encode(), hashlib.sha256).hex()


@dataclass(frozen=True)
class ChainReport:
    """One chain: whose, how many entries, and what is wrong with it (empty: nothing)."""

    organisation_id: uuid.UUID | None
    entries: int
    problems: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Nothing was changed, left out, added, reordered or cut off."""
        return not self.problems


def verify_chain(organisation_id=None, witness: tuple[int, str] | None = None) -> ChainReport:
    """Reads one chain from its first entry; some ten problems at most are told, in English (for operators).

    `witness` is (number, hash) of the chain's head as noted down elsewhere, earlier. Others may write meanwhile:
    what they add is read too.
    """
    chain, reading = organisation_id or NO_ORGANISATION, _Reading(witness)
    while True:
        head = TrailHead.objects.filter(chain=chain).first()
        if head is None:
            reading.read(TrailEntry.objects.filter(organisation_id=organisation_id))
            if reading.number:
                reading.problems.append("its sealed end is gone")
            break
        reading.read(TrailEntry.objects.filter(organisation_id=organisation_id, number__lte=head.number))
        reading.check_end(head)
        later = TrailEntry.objects.filter(organisation_id=organisation_id, number__gt=head.number).exists()
        if reading.problems or not later:
            break
        if TrailHead.objects.get(chain=chain).number == head.number:
            reading.problems.append(f"entries were added after entry {head.number}, where it was sealed")
            break
    reading.check_witness()
    return ChainReport(organisation_id, reading.number, tuple(reading.problems))


class _Reading:
    """How far a chain was read, and what was wrong with it."""

    def __init__(self, witness):
        self.number, self.previous, self.problems = 0, "", []
        self.witness, self.seen = witness, None

    def read(self, entries):
        """Goes on from where it was, by number."""
        rows = entries.filter(number__gt=self.number).order_by("number").values_list(*_TOLD, "hash")
        for *told, hash_ in rows.iterator(chunk_size=5000):
            expected, self.number = self.number + 1, told[1]
            if self.number != expected:
                self.problems.append(f"entry {expected} is missing: entry {self.number} follows entry {expected - 1}")
            elif told[-1] != self.previous:
                self.problems.append(f"entry {expected} does not follow the one before it: left out or reordered")
            if hash_ != _hash(*told):
                self.problems.append(f"entry {self.number} was changed after it was written")
            self.previous = hash_
            if self.witness and self.number == self.witness[0]:
                self.seen = hash_
            if len(self.problems) >= 10:
                return

    def check_end(self, head):
        """Compares what was read last with the sealed end."""
        if len(self.problems) >= 10:
            return
        if not hmac.compare_digest(head.seal, head_seal(head.chain, head.number, head.hash)):
            self.problems.append("its end was not sealed by this installation: somebody wrote to the database")
        if self.number != head.number:
            self.problems.append(f"it ends at entry {self.number}, but was sealed at entry {head.number}: cut off")
        elif self.previous != head.hash:
            self.problems.append(f"entry {head.number} is not the one that was sealed: changed or replaced")

    def check_witness(self):
        """Compares with what was noted down elsewhere."""
        if self.witness and self.witness[0] and self.seen != self.witness[1]:
            number = self.witness[0]
            self.problems.append(f"entry {number} is not the one that was noted down elsewhere: rewritten or cut off")


def verify_all(witness: dict[str, tuple[int, str]] | None = None) -> list[ChainReport]:
    """Every chain, the one of no organisation first. `witness` is an earlier `trail_heads()`."""
    witness = witness or {}
    organisations = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    told = set(
        TrailEntry.objects.exclude(organisation_id=None).order_by().values_list("organisation_id", flat=True).distinct()
    )
    told |= set(TrailHead.objects.exclude(chain=NO_ORGANISATION).values_list("chain", flat=True))
    told |= {uuid.UUID(chain) for chain in witness} - {NO_ORGANISATION}
    reports = []
    for chain in [None, *organisations, *sorted(told - set(organisations))]:
        noted = witness.get(str(chain or NO_ORGANISATION))
        report = verify_chain(chain, tuple(noted) if noted else None)
        if chain and not report.entries and not report.problems:
            report = ChainReport(chain, 0, ("it has no trail at all: founding it left an entry, which is gone",))
        reports.append(report)
    return reports


def trail_heads() -> dict[str, tuple[int, str]]:
    """{chain: (number, hash)}: note this down outside the database, and give it to `verify_all` later."""
    return {str(head.chain): (head.number, head.hash) for head in TrailHead.objects.order_by("chain")}


class TrailPaginator(Paginator):
    """Pages of a whole chain, newest first, by number: the last page of a million is as fast as the first."""

    def __init__(self, organisation_id):
        self.organisation_id = organisation_id
        rows = TrailEntry.objects.filter(organisation_id=organisation_id).order_by("-number")
        super().__init__(rows, PAGE)

    @cached_property
    def count(self):
        """The number of the newest entry: a chain has no gaps."""
        return TrailHead.objects.filter(chain=self.organisation_id).values_list("number", flat=True).first() or 0

    def page(self, number):
        """The entries of one page, found by their numbers."""
        number = self.validate_number(number)
        top = self.count - (number - 1) * self.per_page
        rows = self.object_list.filter(number__lte=top, number__gt=top - self.per_page)
        return self._get_page(list(rows), number, self)


def trail(viewer: Viewer, of, page=1, subject_id: str = "", event: str = ""):
    """A Page of entries, newest first, of an Organisation (or a Network and those below it).

    `subject_id` and `event` narrow it ("person." matches every event about people). Each entry has `actor_name`
    and, where known, `people` {account id: name} of the accounts its detail names. Who sees an organisation from its
    network alone sees nothing of its daily work with people (rules.INSIDE_EVENTS), nor how much of it there is.
    """
    require(viewer, Permission.SEE_TRAIL, of)
    if isinstance(of, Network):
        ids = [str(pk) for pk in networks_below([of.pk], viewer)]
        rows = TrailEntry.objects.filter(organisation_id=None, subject_id__in=ids)
    else:
        rows = TrailEntry.objects.filter(organisation_id=of.pk)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    if event:
        rows = rows.filter(event__startswith=event)
    inside = isinstance(of, Organisation) and any(grant.organisation_id == of.pk for grant in viewer.grants)
    hidden = isinstance(of, Organisation) and not inside
    if hidden:
        rows = rows.exclude(event__in=INSIDE_EVENTS)
    whole = inside and not subject_id and not event
    pages = TrailPaginator(of.pk) if whole else Paginator(rows.order_by("-number"), PAGE)
    found = pages.get_page(page)
    _name_people(found.object_list)
    for entry in found.object_list:
        entry.told_number = None if hidden else entry.number  # numbers count what is hidden, too
    return found


def _name_people(entries):
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    ids |= {entry.detail["account"] for entry in entries if entry.detail.get("account")}
    names = {str(pk): name or email for pk, name, email in _accounts(ids)}
    for entry in entries:
        entry.actor_name = names.get(str(entry.actor_id), entry.actor)
        entry.about = names.get(str(entry.detail.get("account", "")), "")


def _accounts(ids):
    return Account.objects.filter(pk__in=ids).values_list("pk", "name", "email")
