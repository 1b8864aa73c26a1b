"""What the tests of members' actions share: the house itself, and who of the cast may do a thing."""

from django.db import transaction

from duga.members.models import (
    TrailEntry,
)
from duga.members.rules import MemberStatus, Role, Viewer
from duga.plain.errors import DugaError

HOUSE = Viewer(system="test")
R, M = Role, MemberStatus
EVERYONE = ["worker", "operator", "manager", "coordinator", "other_worker", "other_coordinator", "national",
            "secretariat", "reviewer", "observer", "administrator", "nobody"]  # fmt: skip
#: A new account.
NEW = {"name": "Mira", "email": "mira@example.org", "password": "tri zelene lubenice", "language": "sq"}


def last_entry():
    return TrailEntry.objects.order_by("created_at", "number").last()


def who_can(cast, act, names=EVERYONE):
    """The personas for whom `act(viewer)` goes through; whatever each did is undone."""
    can = set()
    for name in names:
        before = TrailEntry.objects.count()
        try:
            with transaction.atomic():
                act(cast.viewer(name))
                assert TrailEntry.objects.count() > before, "no trail entry"
                can.add(name)
                transaction.set_rollback(True)
        except DugaError:
            assert TrailEntry.objects.count() == before
    return can
