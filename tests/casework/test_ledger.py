"""The ledger: exactly one recipient, plausible, recorded once, corrected with a reason, taken back in time."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duga.casework import actions, queries
from duga.casework.models import Assistance
from duga.casework.rules import EVENT_WORDS, Recipient, check_recipient, weakest
from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotFound, Refused
from tests.casework.conftest import DAY


def test_a_delivery_to_a_person_keeps_the_age_band_of_its_day(cast, add, give):
    person = add("Ana", "Ilić", birth_date="2006-04-04")
    assert give(person).age_band == "6-13"  # thirteen, one day before her birthday
    assert give(person, date=DAY + dt.timedelta(days=1)).age_band == "14-17"


def test_the_real_size_of_a_household_is_kept_as_it_was_that_day(cast, add, give, area):
    by, head = cast.viewer("worker"), add("Ana", "Ilić", area_id=area.village.pk)
    household = actions.register_household(by=by, organisation_id=cast.niksic.pk, size=5, head_id=head.pk)
    entry = give(household_id=household.pk)
    actions.update_household(by=by, household_id=household.pk, version=1, size=6)
    entry.refresh_from_db()
    assert (entry.recipient, entry.size, entry.area_id) == ("household", 5, area.village.pk)
    assert give(household_id=household.pk).size == 6
    with pytest.raises(Conflict):
        actions.update_household(by=by, household_id=household.pk, version=1, size=7)


def test_a_group_nobody_names_is_counted_apart(cast, area):
    entry = actions.record_tally(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, size=320, size_qualifier="about", quantity=320,
        service_type="parcel_distribution", date=DAY, area_id=area.town.pk, place="17 villages",
        target_group="older_people", age_band="60-79",
    )  # fmt: skip
    fact = dict(zip(queries.FACT_COLUMNS, next(queries.facts()), strict=True))
    assert (fact["recipient"], fact["size"], fact["person"]) == ("tally", 320, None)
    assert (fact["qualifier"], fact["age_band"], fact["area"]) == ("about", "60-79", "ME-12")
    assert entry.unit == "parcel"


def test_an_institution_receives_and_is_known_in_both_scripts(cast, give):
    by = cast.viewer("worker")
    one = actions.add_institution(by=by, organisation_id=cast.niksic.pk, name="Дом здравља Никшић", kind="health")
    two = actions.add_institution(by=by, organisation_id=cast.niksic.pk, name="Dom zdravlja Nikšić", kind="health")
    assert one.pk == two.pk
    assert give(institution_id=one.pk, unit="mask", quantity=500).recipient == "institution"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"person_id": 1, "household_id": 2},
        {"person_id": 1, "institution_id": 2},
        {"person_id": 1, "size": 3},
        {"institution_id": 1, "size": 3},
        {"size": 0},
        {"household_id": 1},
        {"household_id": 1, "size": 0},
    ],
)
def test_exactly_one_recipient(said):
    with pytest.raises(Refused):
        check_recipient(**said)


def test_which_recipient_it_is():
    assert check_recipient(person_id=1) is Recipient.PERSON
    assert check_recipient(size=3) is Recipient.TALLY
    assert check_recipient(household_id=1, size=3) is Recipient.HOUSEHOLD


def test_the_database_holds_one_recipient_too(cast, add, give):
    entry = give(add("Ana", "Ilić"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assistance.objects.filter(pk=entry.pk).update(size=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assistance.objects.filter(pk=entry.pk).update(person=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": dt.date(2999, 1, 1)},
        {"date": dt.date(1989, 12, 31)},
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": "1.234"},
        {"quantity": 10**8},
        {"service_type": "magic"},
        {"unit": "bucket"},
        {"channel": "pigeon"},
        {"qualifier": "perhaps"},
        {"target_group": "lizards"},
        {"date": dt.date(2019, 1, 1)},  # before she was born
    ],
)
def test_what_is_not_plausible_is_refused(cast, add, give, wrong):
    person = add("Ana", "Ilić", birth_year=2020)
    with pytest.raises(Refused):
        give(person, **wrong)
    assert not Assistance.objects.exists()


def test_the_same_form_sent_twice_is_recorded_once(cast, add, give):
    person = add("Ana", "Ilić")
    assert give(person, once="form-1").pk == give(person, once="form-1").pk
    assert give(person, once="form-2").pk != give(person).pk
    assert Assistance.objects.count() == 3


def test_another_organisations_people_cannot_be_given_to(cast, add, give):
    person = add("Ana", "Ilić", by="other_worker", organisation=cast.nis)
    with pytest.raises(NotFound):
        give(person)


def test_a_correction_keeps_what_was_and_why(cast, add, give):
    person, by = add("Ana", "Ilić", birth_year=1950), cast.viewer("coordinator")
    entry = give(person, quantity=1)
    actions.correct_assistance(
        by=by, assistance_id=entry.pk, version=1, reason="two were given", changes={"quantity": 2}
    )
    (correction,) = queries.corrections_of(by, entry.pk)
    assert correction.changes == {"quantity": ["1.00", "2"]}
    assert (correction.reason, correction.by.email) == ("two were given", "coordinator@example.org")
    entry.refresh_from_db()
    assert (entry.quantity, entry.version) == (Decimal(2), 2)


def test_a_correction_needs_a_reason_a_change_and_the_newest_version(cast, add, give):
    entry, by = give(add("Ana", "Ilić")), cast.viewer("coordinator")
    correct = {"by": by, "assistance_id": entry.pk}
    for wrong in ({"reason": " ", "changes": {"quantity": 2}}, {"reason": "x", "changes": {"quantity": 1}},
                  {"reason": "x", "changes": {"recorded_by_id": 1}}):  # fmt: skip
        with pytest.raises(Refused):
            actions.correct_assistance(version=1, **correct, **wrong)
    actions.correct_assistance(version=1, reason="typo", changes={"quantity": 2}, **correct)
    with pytest.raises(Conflict) as conflict:
        actions.correct_assistance(version=1, reason="typo", changes={"quantity": 3}, **correct)
    assert "Coordinator" in str(conflict.value)


def test_a_correction_of_the_recipient_works_out_the_age_and_keeps_the_note_readable(cast, add, give):
    old, young = add("Ana", "Ilić", birth_year=1950), add("Maja", "Ilić", birth_year=2015)
    entry = give(old, note="left at the door")
    entry = actions.correct_assistance(
        by=cast.viewer("coordinator"), assistance_id=entry.pk, version=1, reason="it was her granddaughter",
        changes={"person_id": young.pk},
    )  # fmt: skip
    assert (entry.person_id, entry.age_band) == (young.pk, "0-5")
    assert actions.open_note(by=cast.viewer("coordinator"), assistance_id=entry.pk) == "left at the door"
    entry = actions.correct_assistance(
        by=cast.viewer("coordinator"), assistance_id=entry.pk, version=2, reason="nobody was named",
        changes={"size": 12},
    )  # fmt: skip
    assert (entry.recipient, entry.person_id, entry.size) == ("tally", None, 12)


def test_a_worker_corrects_and_sees_their_own_only(cast, add, give):
    entry = give(add("Ana", "Ilić"))
    with pytest.raises(Refused):
        actions.correct_assistance(
            by=cast.viewer("operator"), assistance_id=entry.pk, version=1, reason="x", changes={"quantity": 2}
        )
    with pytest.raises(Refused):
        queries.entry(cast.viewer("operator"), entry.pk)
    assert queries.entry(cast.viewer("worker"), entry.pk).pk == entry.pk
    with pytest.raises(NotFound):
        queries.entry(cast.viewer("other_coordinator"), entry.pk)


def test_undo_takes_back_ones_own_for_some_minutes(cast, add, give):
    entry = give(add("Ana", "Ilić"), once="form")
    recent = queries.my_recent(cast.viewer("worker"), cast.niksic)
    assert [row.assistance.pk for row in recent] == [entry.pk] and recent[0].undo_until > timezone.now()
    with pytest.raises(Refused):
        actions.undo_assistance(by=cast.viewer("coordinator"), assistance_id=entry.pk)
    actions.undo_assistance(by=cast.viewer("worker"), assistance_id=entry.pk)
    assert list(queries.facts()) == [] and queries.my_recent(cast.viewer("worker"), cast.niksic) == []
    assert give(entry.person, once="form").pk != entry.pk  # the same form may be sent anew
    late = give(entry.person)
    Assistance.objects.filter(pk=late.pk).update(created_at=timezone.now() - dt.timedelta(minutes=16))
    with pytest.raises(Refused):
        actions.undo_assistance(by=cast.viewer("worker"), assistance_id=late.pk)


def test_what_was_withdrawn_stays_to_be_looked_at_and_counts_no_more(cast, add, give):
    entry, by = give(add("Ana", "Ilić")), cast.viewer("coordinator")
    actions.withdraw_assistance(by=by, assistance_id=entry.pk, version=1, reason="recorded twice")
    assert list(queries.facts()) == []
    assert list(queries.ledger(by, cast.niksic)) == []
    withdrawn = queries.ledger(by, cast.niksic, queries.LedgerFilter(state="withdrawn"))
    assert [row.reason for row in withdrawn] == ["recorded twice"]
    with pytest.raises(Refused):
        actions.withdraw_assistance(by=by, assistance_id=entry.pk, version=2, reason="again")


def test_the_ledger_is_for_those_who_may_see_it_and_filters(cast, add, give, area):
    person = add("Ana", "Ilić", sex="female", area_id=area.village.pk)
    give(person)
    give(person, date=dt.date(2021, 5, 1), service_type="home_visit")
    with pytest.raises(Refused):
        queries.ledger(cast.viewer("worker"), cast.niksic)
    with pytest.raises(NotFound):
        queries.ledger(cast.viewer("other_coordinator"), cast.niksic)

    def services(**asked):
        page = queries.ledger(cast.viewer("manager"), cast.niksic, queries.LedgerFilter(**asked))
        return [row.service_type for row in page]

    assert services() == ["home_visit", "parcel_distribution"]
    assert services(until=dt.date(2020, 12, 31)) == ["parcel_distribution"]
    assert services(region="ME-12", sex="female", unit="visit") == ["home_visit"]
    assert services(sex="male") == []


def test_every_write_leaves_one_trail_entry_without_names(cast, add, give):
    person = add("Ana", "Vukašinović")
    give(person, note="Ana was at home")
    events = list(TrailEntry.objects.order_by("number").values_list("event", flat=True))
    assert events == ["person.registered", "assistance.recorded"]
    assert not any("Ana" in str(row.detail) for row in TrailEntry.objects.all())


def test_what_may_be_said_of_several_quantities():
    assert weakest("exact", "exact") == "exact"
    assert weakest("exact", "at_least") == "at_least"
    assert weakest("at_least", "about") == "about"


def test_every_event_has_its_words():
    """What actions write into the trail is told on screen in words, not in codes."""
    sources = "".join(path.read_text() for path in Path(actions.__file__).parent.rglob("*.py"))
    kinds = "|".join({event.partition(".")[0] for event in EVENT_WORDS})
    written = set(re.findall(rf'"((?:{kinds})\.[a-z_]+)"', sources)) - {"organisation.pk"}
    assert written <= set(EVENT_WORDS), written - set(EVENT_WORDS)
    put_together = {
        event for event in EVENT_WORDS
        if f'"{event.partition(".")[2]}"' in sources or f'f"{event.partition(".")[0]}.{{' in sources
    }  # fmt: skip
    assert set(EVENT_WORDS) <= written | put_together


def test_a_page_of_the_ledger_costs_the_same_however_long_it_is(cast, add, give):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            for row in queries.ledger(cast.viewer("manager"), cast.niksic):
                str((row.person.code, row.area, row.programme, row.recorded_by.name))
        return len(asked)

    give(add("Ana", "Ilić"))
    few = cost()
    for _ in range(12):
        give(add("Ana", "Ilić"))
    assert cost() == few
