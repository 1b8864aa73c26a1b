"""Counting rounds: opened by the secretariat, answered by organisations, linked once, destroyed on their day.

Who holds what: the key lies with the organisations only and is destroyed before linking begins; encodings are
destroyed when linking is done; the cluster map is sealed until its day, then destroyed. Rounded counts and a
fingerprint of the exact ones stay.
"""

import datetime as dt
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.indicators.actions._rounds import (
    _destroy_files,
    _destroy_key,
    _destroy_map,
    _destroy_strays,
    _invite,
    _locked,
    _locked_part,
    _move,
    _remove_part,
    _require_network,
    _start,
    _tell,
    _tell_parts,
)
from duga.indicators.models import CountingRound, RoundPart, StandingAgreement
from duga.indicators.queries.rounds import deciding_organisation, is_lost, replaced_rounds, standing_of
from duga.indicators.rules import check_second_person
from duga.indicators.rules.rounds import (
    FEWEST,
    LONGEST_OPEN_DAYS,
    USUAL_ROLES,
    VERIFICATION_DAYS,
    Answer,
    RoundState,
    check_round_move,
    plan,
)
from duga.members.actions import write_trail
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop

_NOT_OPEN = gettext_noop("This round takes no more answers.")
_CHECK_FIRST = gettext_noop("A second person checks these figures before they are released.")


@transaction.atomic
def open_round(
    *, by: Viewer, purpose: str, first_year: int, last_year: int, countries: Iterable[str] = (),
    roles: Iterable[str] = USUAL_ROLES, verification_days: int = VERIFICATION_DAYS, start: bool = True,
) -> CountingRound:  # fmt: skip
    """Opens a round: makes its key, which only the organisations asked hold, and asks every member in its countries.

    Those with a standing agreement take part at once. `start` False: the caller has them encoded itself.
    """
    network = _require_network(by, Permission.RELEASE)
    wanted = plan(
        purpose=purpose, first_year=first_year, last_year=last_year, countries=countries, roles=roles,
        verification_days=verification_days, this_year=timezone.localdate().year,
    )  # fmt: skip
    opened = CountingRound.objects.create(
        network=network, purpose=wanted.purpose, first_year=wanted.years[0], last_year=wanted.years[1],
        countries=list(wanted.countries), roles=list(wanted.roles), verification_days=wanted.verification_days,
        state=RoundState.OPEN, opened_by=by.label,
    )  # fmt: skip
    parts = _invite(by, opened)
    _tell(by, "indicators.round_opened", opened, organisations=len(parts), purpose=opened.purpose)
    if start and any(part.answer == Answer.AGREED for part in parts):
        transaction.on_commit(partial(_start, "encode", opened.pk))
    return opened


@transaction.atomic
def answer_round(
    *, by: Viewer, slug: str, round_id, agree: bool, only_stated: bool = False, start: bool = True
) -> RoundPart:
    """An organisation's answer, by whoever decides what leaves it. While the round is open it may be changed:

    declining after all destroys what was encoded. `only_stated`: only people with a stated basis for this purpose.
    """
    organisation = deciding_organisation(by, slug)
    part = _locked_part(round_id, organisation)
    if part.round.state != RoundState.OPEN:
        raise Refused(_NOT_OPEN)
    _remove_part(part)
    part.answer = Answer.AGREED if agree else Answer.DECLINED
    part.only_stated, part.standing = bool(only_stated), False
    part.answered_by, part.answered_at = by.label, timezone.now()
    part.encoded_at, part.sha256, part.message, part.done = None, "", "", 0
    part.save()
    write_trail(
        by=by, event=f"indicators.round_{part.answer}", subject=("indicators.CountingRound", part.round_id),
        organisation_id=organisation.pk, detail={"only_stated": part.only_stated},
    )  # fmt: skip
    if agree and start:
        transaction.on_commit(partial(_start, "encode", part.round_id))
    return part


@transaction.atomic
def agree_to_rounds(*, by: Viewer, slug: str, only_stated: bool = False) -> StandingAgreement:
    """The organisation takes part in every coming round until it says otherwise; each round still tells it."""
    organisation = deciding_organisation(by, slug)
    StandingAgreement.objects.filter(organisation=organisation, ended_at=None).update(ended_at=timezone.now())
    agreed = StandingAgreement.objects.create(
        organisation=organisation, agreed_by=by.label, only_stated=bool(only_stated)
    )
    write_trail(
        by=by, event="indicators.rounds_agreed", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk, detail={"only_stated": agreed.only_stated},
    )  # fmt: skip
    return agreed


@transaction.atomic
def end_agreement_to_rounds(*, by: Viewer, slug: str) -> None:
    """Ends the standing agreement: from now on each round asks first."""
    organisation = deciding_organisation(by, slug)
    if StandingAgreement.objects.filter(organisation=organisation, ended_at=None).update(ended_at=timezone.now()):
        write_trail(
            by=by, event="indicators.rounds_agreement_ended", subject=("members.Organisation", organisation.pk),
            organisation_id=organisation.pk,
        )  # fmt: skip


@transaction.atomic
def start_linking(*, by: Viewer, round_id, start: bool = True) -> CountingRound:
    """Ends encoding for good: destroys the round's key, then links in a process that holds none.

    Again after it failed: links anew. Refused while an organisation is still encoding, or fewer than two have.
    """
    _require_network(by, Permission.RELEASE)
    found = _locked(round_id)
    if found.state == RoundState.OPEN:
        standing = standing_of(found)
        if standing.agreed > standing.encoded + standing.failed:
            raise Refused(gettext_noop("An organisation is still encoding. Wait until it has finished."))
        if standing.encoded < FEWEST:
            raise Refused(
                gettext_noop("At least two organisations must have encoded: alone, nobody is known to several.")
            )
        _move(found, RoundState.ENCODED)
    elif found.state != RoundState.ENCODED:
        check_round_move(found.state, RoundState.ENCODED)
    found.linking_by, found.linking_since = by.label, timezone.now()
    found.message, found.progress, found.done = "", "", 0
    found.save()
    _tell(by, "indicators.round_linking", found)
    transaction.on_commit(partial(_destroy_key, found.pk))
    if start:
        transaction.on_commit(partial(_start, "link", found.pk))
    return found


@transaction.atomic
def check_round(*, by: Viewer, round_id) -> CountingRound:
    """A second person, not the one who had it linked, finds that the result may be released."""
    _require_network(by, Permission.REVIEW)
    found = _locked(round_id)
    _require_result(found)
    check_second_person(found.linking_by, by.label)
    found.checked_by = by.label
    found.save(update_fields=["checked_by"])
    _tell(by, "indicators.round_checked", found)
    return found


@transaction.atomic
def release_round(*, by: Viewer, round_id) -> CountingRound:
    """Makes a checked result public; it stays so when the map is long destroyed.

    It takes the place of earlier rounds for the years and countries both counted; their pages stay and say so.
    """
    _require_network(by, Permission.RELEASE)
    found = _locked(round_id)
    _require_result(found)
    if settings.SECOND_PERSON and not found.checked_by:
        raise Refused(_CHECK_FIRST)
    if found.released_at is None:
        found.released_at, found.released_by = timezone.now(), by.label
        found.save(update_fields=["released_at", "released_by"])
        earlier = [str(each.pk) for each, _years in replaced_rounds(found)]
        _tell(by, "indicators.round_released", found, fingerprint=found.fingerprint, replaces=earlier)
    return found


def _require_result(found: CountingRound) -> None:
    if found.state not in (RoundState.LINKED, RoundState.CLOSED):
        raise Refused(gettext_noop("There is no result yet: this round was not linked."))


def cancel_round(*, by: Viewer, round_id) -> CountingRound:
    """Gives a round up before it was linked: key and encodings are destroyed, nothing is counted."""
    _require_network(by, Permission.RELEASE)
    return _end(by, round_id, RoundState.CANCELLED)


def close_round(*, by: Viewer, round_id) -> CountingRound:
    """Destroys the cluster map before its day; counts and fingerprint stay."""
    _require_network(by, Permission.RELEASE)
    return _end(by, round_id, RoundState.CLOSED)


def end_due_rounds(*, by: Viewer, start: bool = True) -> list[CountingRound]:
    """By the clock: destroys maps whose day has come, cancels rounds left open too long, sweeps what a crash left.

    `start`: takes up encoding that a restart stopped, too.
    """
    if not by.system:
        raise Refused(gettext_noop("The clock does this by itself."))
    now, ended = timezone.now(), []
    old = now - dt.timedelta(days=LONGEST_OPEN_DAYS)
    left = CountingRound.objects.filter(state__in=(RoundState.OPEN, RoundState.ENCODED), created_at__lte=old)
    linked = CountingRound.objects.filter(state=RoundState.LINKED, verify_until__lte=now)
    for to, rows in ((RoundState.CANCELLED, left), (RoundState.CLOSED, linked)):
        ended += [_end(by, pk, to) for pk in rows.values_list("pk", flat=True)]
    ended += end_lost_rounds(by=by)
    _destroy_strays()
    for each in CountingRound.objects.exclude(state=RoundState.OPEN):
        _destroy_key(each.pk)
        if each.state != RoundState.ENCODED:
            _destroy_files(each.pk)
        if each.state in (RoundState.CLOSED, RoundState.CANCELLED):
            _destroy_map(each.pk)
    if start:
        waiting = RoundPart.objects.filter(round__state=RoundState.OPEN, answer=Answer.AGREED, encoded_at=None)
        for pk in waiting.filter(message="").values_list("round_id", flat=True).distinct():
            _start("encode", pk)
    return ended


def end_lost_rounds(*, by: Viewer) -> list[CountingRound]:
    """Ends rounds whose key, encodings or map are not here any more: a backup was restored, which never holds them.

    Who answered is not asked again by itself: the secretariat opens another round.
    """
    if not by.system:
        raise Refused(gettext_noop("The clock does this by itself."))
    ended = []
    for pk in CountingRound.objects.filter(state__in=_LOST).values_list("pk", flat=True):
        with transaction.atomic():
            found = _locked(pk)
            if is_lost(found):
                to, why = _LOST[found.state]
                CountingRound.objects.filter(pk=pk).update(message=why, progress="", done=0)
                ended.append(_end(by, pk, to))
    return ended


_KEY_LOST = gettext_noop("A backup was restored, and it never holds a round's key or encodings. Open another round.")
_MAP_LOST = gettext_noop("The map was lost before its day: a backup was restored, and it never holds one.")
_LOST = {
    RoundState.OPEN: (RoundState.CANCELLED, _KEY_LOST),
    RoundState.ENCODED: (RoundState.CANCELLED, _KEY_LOST),
    RoundState.LINKED: (RoundState.CLOSED, _MAP_LOST),
}


@transaction.atomic
def encode_anew(*, by: Viewer, organisation_id, gone: bool = False, start: bool = True) -> int:
    """Somebody was erased or sealed: what open rounds hold of her organisation is destroyed, and encoded without her.

    `gone`: the organisation itself was destroyed and takes no part any more. Returns in how many rounds.
    """
    if not by.system:
        raise Refused(gettext_noop("The clock does this by itself."))
    parts = RoundPart.objects.filter(
        organisation_id=organisation_id, round__state=RoundState.OPEN, answer=Answer.AGREED
    )
    for part in (parts := list(parts.select_related("round", "organisation"))):
        _locked(part.round_id)
        _remove_part(part)
        part.answer = Answer.DECLINED if gone else part.answer
        part.answered_at = timezone.now()  # so that encoding which is under way is not kept
        part.encoded_at, part.sha256, part.message, part.done = None, "", "", 0
        part.save()
        if start and not gone:
            transaction.on_commit(partial(_start, "encode", part.round_id))
    return len(parts)


@transaction.atomic
def _end(by: Viewer, round_id, to: RoundState) -> CountingRound:
    """Says it in the network's chain and in that of each organisation, and destroys once that is written."""
    found, event = _locked(round_id), f"indicators.round_{to}"
    _move(found, to)
    _tell(by, event, found)
    _tell_parts(by, event, found)
    for destroy in (_destroy_key, _destroy_files, _destroy_map):
        transaction.on_commit(partial(destroy, found.pk))
    return found
