"""Roles in a household; parties that travel together: people join, split, lose one another, arrive."""

from django.db import IntegrityError, transaction

from duga.casework import queries
from duga.casework.actions._help import (
    _changed,
    _check_code,
    _check_version,
    _new_codes,
    _organisation,
    _programme,
    _tell,
    _today,
)
from duga.casework.models import HouseholdMember, PartyMember, TravellingParty
from duga.casework.rules import (
    Left,
    PartyState,
    Qualifier,
    check_date,
    check_days,
    check_party_size,
    check_party_step,
)
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

_INSIDE = gettext_noop("She lives in this household already. End her part first to change it.")
_TRAVELS = gettext_noop("She travels with another party already. Let her leave that one first.")
_SEALED = gettext_noop("People of a sealed programme stand in its own households and parties only.")
_FULL = gettext_noop("As many people are written down as live in the household. Change its real size first.")
_NO_MEMBER = gettext_noop("Someone chosen is not in this party any more. Open it again.")
_NOBODY = gettext_noop("Choose who leaves.")
_WHY = gettext_noop("Say why: they went on with others, lost one another, or stayed.")
_HALF = gettext_noop("Fewer people than travel together must go on, and one at least.")


def _same_seal(place, person) -> None:
    sealed = {row.programme_id for row in (place, person) if row.programme and row.programme.sealed}
    if person.organisation_id != place.organisation_id or (sealed and place.programme_id != person.programme_id):
        raise Refused(_SEALED)


# --- Households ---------------------------------------------------------------------------------------


@transaction.atomic
def add_household_member(*, by, household_id, role, person_id=None, since=None) -> HouseholdMember:
    """Writes someone into a household in a role (list household_roles); without a person only the role is known."""
    home = queries.household(by, household_id, Permission.ADD_PEOPLE)
    _check_code("household_roles", role)
    if since is not None:
        check_date(since, today=_today())
    if person_id:
        _same_seal(home, queries.person(by, person_id))
    if home.members.filter(until=None).count() >= home.size:
        raise Refused(_FULL)
    row = HouseholdMember(
        household=home, person_id=person_id or None, role=role, since=since, recorded_by_id=by.account_id
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_INSIDE) from None
    _tell(by, "household.member_added", home, role=role)
    return row


@transaction.atomic
def end_household_member(*, by, member_id, until=None) -> None:
    """Ends someone's part in a household; the real size stays what it is until somebody changes it."""
    row = HouseholdMember.objects.filter(queries.visible(by, "person__"), pk=member_id, until=None).first()
    if row is None:
        raise NotFound(_NO_MEMBER)
    home = queries.household(by, row.household_id, Permission.ADD_PEOPLE)
    row.until = check_date(until or _today(), today=_today())
    check_days(row.since, row.until)
    row.save(update_fields=["until"])
    _tell(by, "household.member_ended", home)


# --- Travelling parties -------------------------------------------------------------------------------


@transaction.atomic
def start_party(
    *, by, organisation_id, size, since, size_qualifier="exact", area_id=None, programme_id=None, person_ids=(),
    role="companion",
) -> TravellingParty:  # fmt: skip
    """Writes down people who travel together: how many, where they were met; those registered join at once."""
    organisation = _organisation(by, organisation_id, Permission.ADD_PEOPLE)
    row = TravellingParty.objects.create(
        organisation=organisation, programme=_programme(by, organisation.pk, programme_id),
        code=_new_codes(TravellingParty, organisation.pk, 1)[0], area_id=area_id or None,
        since=check_date(since, today=_today()), size=check_party_size(size, len(set(person_ids))),
        size_qualifier=Qualifier(size_qualifier), changed_by_id=by.account_id,
    )  # fmt: skip
    _tell(by, "party.started", row)
    for person_id in person_ids:
        join_party(by=by, party_id=row.pk, person_id=person_id, role=role, joined=row.since)
    return row


def _party(by, party_id) -> TravellingParty:
    """The party, locked for change, by who may add people."""
    rows = TravellingParty.objects.select_for_update(of=("self",)).select_related("programme", "changed_by")
    return queries.door(by, rows, party_id, Permission.ADD_PEOPLE)


def _inside(party) -> int:
    return party.members.filter(left=None).count()


@transaction.atomic
def join_party(*, by, party_id, role, person_id=None, joined=None) -> PartyMember:
    """Someone joins a party in a role (list household_roles); without a person only the role is known."""
    party = _party(by, party_id)
    _check_code("household_roles", role)
    if person_id:
        _same_seal(party, queries.person(by, person_id))
    row = PartyMember(
        party=party, person_id=person_id or None, role=role, joined=check_date(joined or _today(), today=_today()),
        recorded_by_id=by.account_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_TRAVELS) from None
    known = _inside(party)
    if known > party.size:
        party.size = check_party_size(known)
        _changed(party, by)
        party.save()
    _tell(by, "party.joined", party, role=role)
    return row


def _members(party, member_ids) -> list[PartyMember]:
    wanted = {str(pk) for pk in member_ids}
    if not wanted:
        raise Refused(_NOBODY)
    found = [row for row in party.members.select_for_update().filter(left=None) if str(row.pk) in wanted]
    if len(found) != len(wanted):
        raise Refused(_NO_MEMBER)
    return found


@transaction.atomic
def leave_party(*, by, party_id, member_ids, why, left=None) -> None:
    """People leave a party: they stayed, or they lost one another. Nobody is traced: that is the Red Cross's work.

    Who went on with others belongs to another party: see `split_party`.
    """
    party = _party(by, party_id)
    if why not in (Left.STAYED, Left.LOST):
        raise Refused(_WHY)
    _leave(by, party, _members(party, member_ids), Left(why), check_date(left or _today(), today=_today()))


def _leave(by, party, members, why, day) -> None:
    for row in members:
        check_days(row.joined, day)
    PartyMember.objects.filter(pk__in=[row.pk for row in members]).update(left=day, why=why)
    party.size = max(party.size - len(members), _inside(party), 1)
    _changed(party, by)
    party.save()
    _tell(by, "party.left", party, why=str(why), people=len(members))


@transaction.atomic
def split_party(*, by, party_id, member_ids, size=None, on=None) -> TravellingParty:
    """Some of a party go on by themselves: a new party, of those chosen (`size` with the others nobody wrote down)."""
    party = _party(by, party_id)
    members, day = _members(party, member_ids), check_date(on or _today(), today=_today())
    going = check_party_size(size if size is not None else len(members), len(members))
    if going >= party.size and len(members) < _inside(party):
        raise Refused(_HALF)
    whole = going >= party.size
    for row in members:
        check_days(row.joined, day)
    PartyMember.objects.filter(pk__in=[row.pk for row in members]).update(left=day, why=Left.SPLIT)
    part = TravellingParty.objects.create(
        organisation_id=party.organisation_id, programme=party.programme, area_id=party.area_id, since=day, size=going,
        code=_new_codes(TravellingParty, party.organisation_id, 1)[0], size_qualifier=party.size_qualifier,
        split_from=party, changed_by_id=by.account_id,
    )  # fmt: skip
    PartyMember.objects.bulk_create(
        PartyMember(party=part, person_id=row.person_id, role=row.role, joined=day, recorded_by_id=by.account_id)
        for row in members
    )
    if whole:
        party.state, party.until = check_party_step(party.state, PartyState.SPLIT), day
    else:
        party.size = max(party.size - going, _inside(party), 1)
    _changed(party, by)
    party.save()
    _tell(by, "party.split", party, people=going, part=str(part.pk))
    return part


@transaction.atomic
def change_party(
    *, by, party_id, version, state=None, size=None, size_qualifier=None, area_id=None, on=None
) -> TravellingParty:
    """Says where a party stands now: its real size, where it was met last, whether it arrived or was lost sight of."""
    party = _party(by, party_id)
    _check_version(party, version)
    if size is not None:
        party.size = check_party_size(size, _inside(party))
    party.size_qualifier = Qualifier(size_qualifier or party.size_qualifier)
    party.area_id = area_id or party.area_id
    if state and state != party.state:
        party.state = check_party_step(party.state, state)
        ended = party.state in (PartyState.ARRIVED, PartyState.SPLIT)
        party.until = check_date(on or _today(), today=_today()) if ended else None
        check_days(party.since, party.until)
    _changed(party, by)
    party.save()
    _tell(by, "party.changed", party, state=str(party.state))
    return party
