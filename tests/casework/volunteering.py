"""A volunteer with a phone, for tests and for the world every page is opened in."""

import datetime as dt

from django.utils import timezone

from duga.casework import actions
from duga.members.rules import VISITOR

PIN = "402918"
DEVICE, OPEN = "duga_phone", "duga_phone_open"


def recruit(cast, name="Jelena Vučković", **more):
    """A volunteer of Nikšić."""
    identity = {"name": name, "phone": "067 000 111"}
    return actions.add_volunteer(by=cast.viewer("manager"), organisation_id=cast.niksic.pk, identity=identity, **more)


def phone_of(cast, volunteer, client=None):
    """Her phone's keys, put into a test client's cookies where one is given."""
    _row, code = actions.make_card(by=cast.viewer("manager"), volunteer_id=volunteer.pk)
    keys = actions.redeem_card(by=VISITOR, code=code, pin=PIN, again=PIN)
    if client is not None:
        client.cookies[DEVICE], client.cookies[OPEN] = keys.device, keys.open
    return keys


def her_viewer(keys):
    """The viewer that her open phone is."""
    return actions.enter_phone(by=VISITOR, device=keys.device, open_key=keys.open)[1]


def errand(cast, volunteer, *, days=0, **more):
    """An errand offered to a volunteer, planned so many days from today, in an hour of that day."""
    manager = cast.viewer("manager")
    told = {"need": "food", "service_type": "errands", "details": "Bread and milk", "assessed": True} | more
    request = actions.take_request(by=manager, organisation_id=cast.niksic.pk, **told)
    day = timezone.localdate() + dt.timedelta(days=days)
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(10, 30)))
    return actions.assign_request(
        by=manager, request_id=request.pk, version=request.version, volunteer_id=volunteer.pk, planned_for=at
    )


def furnish_volunteers(cast):
    """A volunteer with training, hours and a phone, and goods in a store, for the page matrix."""
    by, day = cast.viewer("manager"), dt.date(2024, 4, 3)
    cast.volunteer = recruit(cast)
    actions.add_training(by=by, volunteer_id=cast.volunteer.pk, title="First aid", date=day, hours=4)
    actions.record_hours(by=by, volunteer_id=cast.volunteer.pk, date=day, hours=2, activity="errands")
    phone_of(cast, cast.volunteer)
    cast.stock_item = actions.add_stock_item(
        by=by, organisation_id=cast.niksic.pk, name="Food parcel", unit="parcel", store="Warehouse", minimum=10
    )
    actions.receive_stock(by=by, item_id=cast.stock_item.pk, quantity=5, date=day, source="Donor", batch="A")
