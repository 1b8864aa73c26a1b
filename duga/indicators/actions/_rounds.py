"""What the actions of counting rounds share: doors, steps, files, and destroying what a round held."""

import datetime as dt
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from duga.evidence.across import ENCODINGS, PRESENCE
from duga.indicators.models import CountingRound, RoundPart, StandingAgreement
from duga.indicators.queries.releases import network_grant, require_one_network
from duga.indicators.queries.rounds import MAP, NOT_THERE, folder_of_round, map_box, rounds_folder
from duga.indicators.rules.rounds import Answer, RoundState, check_round_move
from duga.members import queries as members
from duga.members.actions import notify, write_trail, write_trail_many
from duga.members.rules import MemberStatus, Permission, Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.ids import age
from duga.vault import sealing

#: Seconds within which a round that is being opened has its key already and stands in no database yet.
_OPENING = 3600


def _require_network(by: Viewer, permission: Permission):
    """The network of this installation, for whoever may do this in it."""
    require_one_network()
    if not network_grant(by, permission):
        raise NotAllowed(gettext_noop("Counting rounds are opened and ended by the network's secretariat."))
    found = members.networks_of(by, permission)
    ids = {each.pk for each in found}
    top = [each for each in found if each.parent_id not in ids]
    if not top:
        raise Refused(gettext_noop("There is no network here yet, so there is nobody to ask."))
    return top[0]


def _locked(round_id) -> CountingRound:
    found = CountingRound.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def _locked_part(round_id, organisation) -> RoundPart:
    round_ = _locked(round_id)
    found = RoundPart.objects.filter(round=round_, organisation=organisation).first()
    if found is None:
        raise NotFound(NOT_THERE)
    found.round = round_
    return found


def _move(found: CountingRound, to: RoundState) -> None:
    """The only place where a round changes its state."""
    check_round_move(found.state, to)
    found.state = to
    if to == RoundState.LINKED:
        found.linked_at = timezone.now()
        found.verify_until = found.linked_at + dt.timedelta(days=found.verification_days)
    elif to in (RoundState.CLOSED, RoundState.CANCELLED):
        found.closed_at = timezone.now()
    found.save()


def _invite(by: Viewer, opened: CountingRound) -> list[RoundPart]:
    """Asks every member organisation in the round's countries, makes the key they share, and tells each."""
    organisations = _members_of(by, opened)
    standing = {
        each.organisation_id: each
        for each in StandingAgreement.objects.filter(organisation__in=organisations, ended_at=None)
    }
    parts = []
    for number, organisation in enumerate(organisations, 1):
        part = RoundPart(round=opened, organisation=organisation, number=number)
        agreed = standing.get(organisation.pk)
        if agreed:
            part.answer, part.standing, part.only_stated = Answer.AGREED, True, agreed.only_stated
            part.answered_by, part.answered_at = agreed.agreed_by, timezone.now()
        parts.append(part)
    RoundPart.objects.bulk_create(parts)
    sealing.store().add_round(opened.pk, [each.pk for each in organisations])
    _tell_parts(by, "indicators.round_asked", opened)
    keepers = members.keepers_of_each(organisations)
    for part in parts:
        if part.organisation_id in keepers:
            _notify(by, part, keepers[part.organisation_id])
    return parts


def _members_of(by: Viewer, opened: CountingRound) -> list:
    """The organisations asked: members today, in the round's countries, by name."""
    found, page = {}, 1
    while page:
        memberships = members.members_of(by, opened.network, status=MemberStatus.MEMBER, page=page)
        for each in memberships.object_list:
            if not opened.countries or each.organisation.country in opened.countries:
                found[each.organisation_id] = each.organisation
        page = memberships.next_page_number() if memberships.has_next() else 0
    return list(found.values())


def _notify(by: Viewer, part: RoundPart, keepers) -> None:
    """Tells those who decide for an organisation that it is asked, or that its standing agreement was used."""
    title = gettext_noop("%(organisation)s is asked to take part in a counting round")
    if part.standing:
        title = gettext_noop("%(organisation)s takes part in a counting round, as agreed")
    notify(
        by=by, to=keepers, title=title, params={"organisation": part.organisation.name},
        text=gettext_noop("People helped by several organisations are to be counted once. Read what would leave you."),
        path=f"/workspace/organisations/{part.organisation.slug}/rounds/",
    )  # fmt: skip


def _tell(by: Viewer, event: str, found: CountingRound, **detail) -> None:
    """One entry in the network's chain."""
    write_trail(by=by, event=event, subject=("indicators.CountingRound", found.pk), detail=detail)


def _tell_parts(by: Viewer, event: str, found: CountingRound) -> None:
    """One entry in the chain of each organisation asked: each sees in its own trail what became of the round."""
    subject = ("indicators.CountingRound", found.pk)
    ids = found.parts.values_list("organisation_id", flat=True)
    write_trail_many(by=by, entries=[{"event": event, "subject": subject, "organisation_id": pk} for pk in ids])


# --- Files, and their end ---------------------------------------------------------------------------------


def _stem(part: RoundPart) -> Path:
    """Where an organisation's two files lie, without their endings; its number says nothing of its name."""
    return folder_of_round(part.round_id) / f"{part.number:04}"


def _remove_part(part: RoundPart) -> None:
    for ending in (ENCODINGS, PRESENCE):
        _stem(part).with_suffix(ending).unlink(missing_ok=True)


def _destroy_key(round_id) -> None:
    sealing.store().destroy_round(round_id)


def _destroy_files(round_id) -> None:
    """Everything of a round but its sealed map."""
    folder = folder_of_round(round_id)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name != MAP:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _destroy_map(round_id) -> None:
    """The map's key first: without it no copy of the file, wherever it lies, says anything."""
    sealing.store().destroy_round(map_box(round_id))
    shutil.rmtree(folder_of_round(round_id), ignore_errors=True)


def _destroy_strays() -> None:
    """Ends what is left of rounds that the database does not know: a backup from before they were opened came back."""
    rounds = list(CountingRound.objects.values_list("pk", flat=True))
    names = {str(pk) for pk in rounds}
    for folder in rounds_folder().glob("*-*-*-*-*"):
        if folder.name not in names:
            _destroy_key(uuid.UUID(folder.name))
            _destroy_map(uuid.UUID(folder.name))
    keys = {id_.bytes for pk in rounds for id_ in (pk, map_box(pk))}
    for id_ in map(uuid.UUID, map(bytes.hex, sealing.store().round_ids())):
        if id_.bytes not in keys and (age(id_) or _OPENING) >= _OPENING:
            _destroy_key(id_)


def _start(what: str, round_id) -> None:
    """A process of its own, gone when done: the server neither encodes nor links."""
    subprocess.Popen(  # noqa: S603 (our own command, no shell, no input of a user's)
        [sys.executable, "-m", "config.cli", "round", what, str(round_id)],
        cwd=Path(settings.ROOT), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
