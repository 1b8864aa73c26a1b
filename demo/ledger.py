"""The demo's ledger: people and deliveries through the import doors, in bulk; little else one by one."""

import datetime as dt
import random
from collections import defaultdict

from demo.cast import HOME
from demo.names import choose, region_name
from demo.organisations import UNITS
from demo.people import locals_of, route_people
from demo.spreadsheets import all_spreadsheets
from demo.work import Delivery, nameless_work, work_of
from duga.casework import actions as casework
from duga.members import queries
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop


def row_of(delivery: Delivery) -> dict:
    """A delivery as the import door takes it: one dict, with the field names of a spreadsheet."""
    row = {
        "date": delivery.date, "service": delivery.service_type, "unit": delivery.unit, "quantity": delivery.quantity,
        "channel": delivery.channel, "target_group": delivery.target_group, "worker": delivery.worker,
        "settlement": delivery.place,
    }  # fmt: skip
    if delivery.qualifier != "exact":
        sign = {"about": "~", "at_least": ">=", "at_most": "<="}[delivery.qualifier]
        row["quantity"] = f"{sign}{delivery.quantity}"
    person = delivery.person
    if person is not None:
        row |= {
            "given": person.given, "family": person.family, "father": person.father, "sex": person.sex,
            "birth_date": person.birth_date, "birth_year": person.birth_year, "document": person.ref,
            "area": person.town, "recipient": "person",
        }  # fmt: skip
    if delivery.household:
        row |= {"recipient": "household", "household_size": delivery.household}
    elif delivery.tally:
        row |= {"recipient": "tally", "group_size": delivery.tally}
    elif delivery.institution:
        row |= {"recipient": "institution", "institution": delivery.institution}
    return row


def _bring(by, slug, rows, source, **more):
    organisation = queries.organisation_by_slug(by, slug, Permission.SEE_ORGANISATION)
    outcome = casework.import_rows(by=by, organisation_id=organisation.pk, rows=rows, source=source, **more)
    if outcome.rejected:
        raise Refused(
            gettext_noop("The demo's rows for %(slug)s were not understood: %(error)s"),
            slug=slug, error=outcome.errors[0],
        )  # fmt: skip
    return outcome


def record_all(by, share: int = 1) -> str:
    """Everything but spreadsheets; with `share` n only each nth person, for a quick look. Says how much it was."""
    rows, people, entries = defaultdict(list), 0, 0
    travellers = route_people()
    for unit in UNITS:
        known = travellers[unit.slug] if unit.profile == "route" else locals_of(unit)
        rows[unit.slug] += [row_of(delivery) for delivery in work_of(unit, known[::share])]
    for slug, delivery in nameless_work():
        rows[slug].append(row_of(delivery))
    for slug, given in rows.items():
        outcome = _bring(by, slug, given, "Evidencija 2019–2026")
        people, entries = people + outcome.people_new, entries + outcome.imported
    return f"{people} people, {entries} deliveries"


def import_spreadsheets(by) -> str:
    """The messy files, each through the same door as a coordinator's; what cannot be read is handed back."""
    read, imported, rejected = 0, 0, 0
    for sheet in all_spreadsheets():
        organisation = queries.organisation_by_slug(by, sheet.organisation, Permission.SEE_ORGANISATION)
        outcome = casework.import_assistance(
            by=by, organisation_id=organisation.pk, name=sheet.name, data=sheet.data, mapping=sheet.said,
            bad_rows="set-aside",
        )  # fmt: skip
        if outcome.rejected != sheet.unreadable:
            raise Refused(
                gettext_noop("%(name)s: %(number)d rows were not understood, first: %(error)s"),
                name=sheet.name, number=outcome.rejected, error=outcome.errors[0] if outcome.errors else "",
            )  # fmt: skip
        read, imported, rejected = read + outcome.read, imported + outcome.imported, rejected + outcome.rejected
    return f"{len(all_spreadsheets())} files, {imported} rows in, {rejected} handed back"


# --- What the persona's organisation works with day by day -------------------------------------------------

OPERATOR, MANAGER, WORKER = "operator@demo.example", "manager@demo.example", "worker@demo.example"


def sealed_line(by) -> str:
    """A helpline under seal, with records of its own, most of them of people who never say their name."""
    home = queries.organisation_by_slug(by, HOME)
    line = casework.add_programme(
        by=by, organisation_id=home.pk, name="SOS telefon", kind="helpline", basis="vital_interests"
    )
    for email in (OPERATOR, MANAGER):
        casework.name_worker(by=by, programme_id=line.pk, email=email)
    operator = queries.viewer_by_email(OPERATOR)
    rng = random.Random("helpline")
    talks = 0
    for number in range(16):
        given, family, _ = region_name(rng, choose(rng, {"serbian": 7, "bosniak": 3}), "female")
        caller = casework.register_person(
            by=operator, organisation_id=home.pk, programme_id=line.pk,
            identity={"given": given, "family": family} if number % 3 else {"note": "calls in the evening"},
            sex="female", birth_year=rng.randint(1962, 2004),
        )  # fmt: skip
        for _ in range(rng.randint(1, 4)):
            _talk(operator, home, line, rng, person_id=caller.pk)
            talks += 1
    for _ in range(30):  # nobody asks a caller's name
        _talk(operator, home, line, rng, size=1)
        talks += 1
    return f"{talks} talks"


def _talk(by, home, line, rng, **whom):
    casework.record_assistance(
        by=by, organisation_id=home.pk, programme_id=line.pk, service_type="helpline",
        unit=rng.choice(["talk", "talk", "information", "counselling_session"]), channel="phone", target_group="women",
        date=dt.date(2026, 8, 1) + dt.timedelta(days=rng.randrange(90)), **whom,
    )  # fmt: skip


def daily_work(by) -> str:
    """A group whose attendance is ticked, so that the field worker's screens have something to show."""
    home = queries.organisation_by_slug(by, HOME)
    worker = queries.viewer_by_email(WORKER)
    rng, children = random.Random("group"), []
    for _ in range(14):
        sex = rng.choice(["female", "male"])
        given, family, _ = region_name(rng, choose(rng, {"serbian": 5, "roma": 4, "bosniak": 1}), sex)
        child = casework.register_person(
            by=worker, organisation_id=home.pk, identity={"given": given, "family": family}, sex=sex,
            birth_year=rng.randint(2013, 2019),
        )  # fmt: skip
        children.append(child.pk)
    group = casework.add_group(by=worker, organisation_id=home.pk, name="Prijepodnevna grupa")
    casework.join_group(by=worker, group_id=group.pk, person_ids=children)
    for day in (26, 27, 28, 29, 30):
        present = [child for child in children if rng.random() < 0.8]
        casework.record_attendance(by=worker, group_id=group.pk, date=dt.date(2026, 10, day), present=present)
    return f"a group of {len(children)} children"
