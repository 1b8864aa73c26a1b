"""A call centre's day in one invented organisation: a dozen calls in every state, and a visit that comes round."""

import datetime as dt

from demo.cast import HOME
from duga.casework import actions
from duga.casework import queries as casework
from duga.members import queries
from duga.places.queries import find_area

#: (need, service, urgency, who asks, hours ago, town, caller, what was told, how far it came)
CALLS = (
    ("food", "parcel_distribution", "urgent", "neighbour", 50, "Nikšić", "Rada", "Sama, ne izlazi.", "received"),
    ("food", "parcel_distribution", "urgent", "self", 90, "Nikšić", "", "Treba i mlijeko.", "assessed"),
    ("care", "home_visit", "normal", "family", 30, "Nikšić", "Kćerka", "Pala je u kupatilu.", "assigned"),
    ("health", "errands", "emergency", "self", 5, "Nikšić", "", "Lijek za srce, hitno.", "started"),
    ("health", "errands", "normal", "institution", 70, "Plužine", "Dom zdravlja", "Terapija utorkom.", "received"),
    ("mental_health", "psychosocial_support", "urgent", "colleague", 20, "Nikšić", "", "Ćuti otkad je sama.", "called"),
    ("food", "parcel_distribution", "normal", "self", 200, "Plužine", "", "Porodica sa troje djece.", "delivered"),
    ("care", "home_visit", "normal", "neighbour", 220, "Nikšić", "Komšija", "Nema drva.", "confirmed"),
    ("legal", "legal_aid", "normal", "self", 120, "Nikšić", "", "Pitanje o penziji.", "refused"),
    ("food", "parcel_distribution", "normal", "family", 100, "Nikšić", "Unuk", "Više nije potrebno.", "withdrawn"),
)  # fmt: skip


def fill(by) -> str:
    """The calls, through the same actions as on the screens; the same phone calls twice."""
    house = queries.organisation_by_slug(by, HOME)
    worker, operator, manager = (
        queries.viewer_by_email(f"{name}@demo.example") for name in ("worker", "operator", "manager")
    )
    people = casework.people_for_list(by, house, limit=len(CALLS))
    for number, (call, person_id) in enumerate(zip(CALLS, people, strict=False)):
        _call(operator if number % 2 else worker, worker, manager, house, person_id, call)
    actions.plan_visit(
        by=manager, organisation_id=house.pk, need="care", service_type="home_visit", rhythm="weekly", weekdays=[0, 3],
        begins_on=dt.date.today(), at=dt.time(10), person_id=people[0], account_id=worker.account_id,
        details="Kucnuti na prozor, zvono ne radi.",
    )  # fmt: skip
    return f"{len(CALLS)} requests, visits that come round"


def _call(taker, worker, manager, house, person_id, call) -> None:
    need, service, urgency, asked_by, hours, town, name, details, came = call
    now = dt.datetime.now(dt.UTC)
    request = actions.take_request(
        by=taker, organisation_id=house.pk, need=need, service_type=service, urgency=urgency, asked_by=asked_by,
        person_id=person_id, details=details, area_id=getattr(find_area(town, house.country).area, "pk", None),
        caller={"name": name, "phone": f"+382 40 000 {100 + hours}"}, received_at=now - dt.timedelta(hours=hours),
        assessed=came != "received",
    )  # fmt: skip
    at = {"request_id": request.pk, "version": request.version}
    if came == "refused":
        actions.refuse_request(by=manager, **at, reason="sent_on")
    elif came == "withdrawn":
        actions.withdraw_request(by=taker, **at, reason="no_longer_needed")
    elif came == "called":
        actions.plan_callback(by=taker, **at, at=now)
    elif came in ("assigned", "started", "delivered", "confirmed"):
        given = actions.assign_request(by=manager, **at, account_id=worker.account_id)
        if came != "assigned":
            actions.start_assignment(by=worker, assignment_id=given.pk)
        if came in ("delivered", "confirmed"):
            actions.deliver(by=worker, assignment_id=given.pk)
        if came == "confirmed":
            actions.confirm_request(by=manager, request_id=request.pk, version=request.version + 3, how="call")
