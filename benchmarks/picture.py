"""The Red Cross picture replayed: eight weeks of a spring, eight operators at once, every step through the actions.

What one national society told of spring 2020: 33,176 people helped, 47,366 parcels, errands for 2,240 and psychosocial
support for 3,263 persons, by 130 home helpers and around 450 volunteers. Each call is taken down and given out by one
of eight operators (processes of their own, at the same time, in one organisation); volunteers look at their phones,
tick what they brought and say the hours it took, home helpers record the rest; the operator hears that it arrived. A
fifth is brought on the day after. Every evening the daily picture must say what was planned, and at the end the facts
that snapshots are made of, by unit. Signing in (of a phone with its PIN) is not part of it.

    .venv/bin/python -m benchmarks.picture [--share 0.01] [--postgres]
"""

import argparse
import datetime as dt
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from benchmarks import row

COMMAND = "python -m benchmarks.picture"
PICTURE = {
    "people": 33_176, "parcels": 47_366, "errands": 2_240, "support": 3_263, "helpers": 130, "volunteers": 450,
}  # fmt: skip
OPERATORS, MINUTES = 8, 15
BEGAN, DAYS = dt.datetime(2020, 3, 19, 8, tzinfo=dt.UTC), 56
#: kind: need, service, the unit it is counted in.
KINDS = {
    "parcels": ("food", "parcel_distribution", "parcel"), "errands": ("health", "errands", "errand"),
    "support": ("mental_health", "psychosocial_support", "counselling_session"),
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One call as it is planned: on which day, of whom, for what, brought by whom and when."""

    number: int
    day: int
    person: int
    kind: str
    quantity: int
    volunteer: bool
    brought: int  #: the day on which it is brought


def sizes(share: float) -> dict[str, int]:
    """The picture made smaller, so that of everything there is some."""
    return {name: max(2, round(count * share)) for name, count in PICTURE.items()}


def plan(size: dict[str, int]) -> list[Call]:
    """All calls of eight weeks. Everyone calls for parcels once, some for one and some for two of them."""
    calls = []
    more = size["parcels"] - size["people"]
    for kind in KINDS:
        many = size["people"] if kind == "parcels" else size[kind]
        for n in range(many):
            number, day = len(calls), n * DAYS // many
            brought = min(day + (number % 5 == 4), DAYS - 1)
            quantity = 2 if kind == "parcels" and n < more else 1
            calls.append(Call(number, day, n, kind, quantity, kind != "support" and number % 5 < 3, brought))
    return calls


def wanted(calls: list[Call]) -> Counter:
    """The final figures: by unit, persons, and the hours volunteers gave."""
    found = Counter(persons=len({call.person for call in calls}), hours=sum(call.volunteer for call in calls))
    for call in calls:
        found[KINDS[call.kind][2]] += call.quantity
    return found


def evening(calls: list[Call], day: int) -> dict[str, int]:
    """What the daily picture is to say at the end of a day."""
    brought = sum(call.brought == day for call in calls)
    return {
        "came_in": sum(call.day == day for call in calls), "delivered": brought, "confirmed": brought, "ended": 0,
        "open": sum(call.day <= day < call.brought for call in calls),
    }  # fmt: skip


@contextmanager
def it_is(day: int, hour: int = 0):
    """For the house it is this day of that spring."""
    moment = BEGAN + dt.timedelta(days=day, hours=hour)
    with patch("django.utils.timezone.now", lambda: moment):
        yield moment


@dataclass(frozen=True)
class Society:
    """The organisation and who works in it: accounts of operators and helpers, volunteers with their codes."""

    id: object
    operators: list
    helpers: list
    volunteers: list


def society(organisation, size: dict[str, int], operators: int = OPERATORS) -> Society:
    """Takes in everybody who works through the eight weeks."""
    from django.test import override_settings

    from duga.casework.actions import add_volunteer
    from duga.members.actions import create_account, give_role
    from duga.members.rules import Role, Viewer

    house = Viewer(system="bench")

    def account(what, number, role):
        email = f"{organisation.slug}-{what}{number}@example.org"
        made = create_account(by=house, email=email, name=f"{what.title()} {number}", password="only for measuring 77")
        give_role(by=house, account=made, role=role, of=organisation)
        return made.pk

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]), it_is(0):
        leads = [account("operator", n, Role.CASE_MANAGER) for n in range(operators)]
        helpers = [account("helper", n, Role.FIELD_WORKER) for n in range(size["helpers"])]
        volunteers = [
            add_volunteer(
                by=house, organisation_id=organisation.pk, identity={"name": f"Volonter {n}", "phone": f"068 {n:06d}"},
                skills=["parcel_distribution", "errands"],
            )
            for n in range(size["volunteers"])
        ]  # fmt: skip
    return Society(organisation.pk, leads, helpers, [(row.pk, row.code) for row in volunteers])


class Operator:
    """One operator at her desk, and whoever brings what she gave out: her calls are those of her own people."""

    def __init__(self, society: Society, number: int, calls: list[Call], operators: int = OPERATORS):
        from duga.members.models import Account
        from duga.members.queries import viewer_of

        self.society, self.calls, self.people, self.open = society, calls, {}, []
        self.calls = [call for call in calls if call.person % operators == number]
        ids = {society.operators[number], *society.helpers}
        self.viewers = {row.pk: viewer_of(row) for row in Account.objects.filter(pk__in=ids)}
        self.by, self.steps = self.viewers[society.operators[number]], 0

    def day(self, day: int) -> None:
        """One day: what was left over is brought, new calls are taken, most of them brought before the evening."""
        today = [call for call in self.calls if call.day == day]
        self._bring(day)
        self.open += [self._take(call) for call in today]
        self._bring(day)

    def _do(self, action, **told):
        self.steps += 1
        return action(**told)

    def _take(self, call):
        """A call taken down, its person registered where she calls for the first time, and given to somebody."""
        from duga.casework import actions

        need, service, _unit = KINDS[call.kind]
        here = {"by": self.by, "organisation_id": self.society.id}
        if call.person not in self.people:
            identity = {"given": f"Ime {call.person}", "family": "Prezime", "phone": f"067 {call.person:06d}"}
            self.people[call.person] = self._do(actions.register_person, **here, identity=identity).pk
        request = self._do(
            actions.take_request, **here, need=need, service_type=service, person_id=self.people[call.person],
            quantity=call.quantity, details="Treći sprat, zvono ne radi.", assessed=True,
            caller={"name": f"Ime {call.person}", "phone": f"067 {call.person:06d}"},
        )  # fmt: skip
        who = {"account_id": self.society.helpers[call.number % len(self.society.helpers)]}
        if call.volunteer:
            who = {"volunteer_id": self.society.volunteers[call.number % len(self.society.volunteers)][0]}
        given = self._do(actions.assign_request, by=self.by, request_id=request.pk, version=request.version, **who)
        return call, request, given.pk, who

    def _bring(self, day):
        ready = [each for each in self.open if each[0].brought == day]
        self.open = [each for each in self.open if each[0].brought != day]
        looked = set()
        for call, request, given, who in ready:
            if call.volunteer:
                self._by_volunteer(given, who["volunteer_id"], call, looked)
            else:
                self._by_helper(given, self.viewers[who["account_id"]])
            self._confirm(request)

    def _by_volunteer(self, given, pk, call, looked):
        """She looks at her phone once, sets out, and ticks what she brought and how long it took."""
        from duga.casework import actions
        from duga.members.rules import Viewer

        by = Viewer(volunteer_id=pk, name=self.society.volunteers[call.number % len(self.society.volunteers)][1])
        if pk not in looked:
            looked.add(pk)
            self._do(actions.open_errands, by=by)
        self._do(actions.tick_errand, by=by, assignment_id=given, answer="on_the_way")
        self._do(actions.tick_errand, by=by, assignment_id=given, answer="done", hours=1)

    def _by_helper(self, given, by):
        from duga.casework import actions

        self._do(actions.start_assignment, by=by, assignment_id=given)
        self._do(actions.deliver, by=by, assignment_id=given)

    def _confirm(self, request):
        """Given out, on the way and done were a step each; then somebody rings and asks."""
        from duga.casework import actions

        self._do(actions.confirm_request, by=self.by, request_id=request.pk, version=request.version + 3, how="call")


def check_evening(organisation, calls, day) -> None:
    """Compares the daily picture with the plan; raises AssertionError naming both."""
    from duga.casework import queries
    from duga.members.rules import Viewer

    with it_is(day, hour=10) as moment:
        told = queries.daily_picture(Viewer(system="bench"), organisation, now=moment)
    planned = evening(calls, day)
    found = {name: getattr(told, name) for name in planned}
    if found != planned or sum(line.open for line in told.by_need) != planned["open"]:
        raise AssertionError(f"The picture of day {day} says {found}, planned was {planned}")


def counted(organisation) -> Counter:
    """What the facts say of an organisation by unit, how many persons they are about, and its volunteers' hours."""
    from django.db.models import Sum

    from duga.casework.models import VolunteerHours
    from duga.casework.queries import FACT_COLUMNS, facts

    at = {name: place for place, name in enumerate(FACT_COLUMNS)}
    found, persons = Counter(), set()
    for fact in facts():
        if str(fact[at["organisation"]]) == str(organisation.pk):
            found[fact[at["unit"]]] += int(fact[at["quantity"]])
            persons.add(fact[at["person"]])
    found["persons"] = len(persons - {None})
    given = VolunteerHours.objects.filter(volunteer__organisation=organisation).aggregate(all=Sum("hours"))
    found["hours"] = int(given["all"] or 0)
    return found


# --- eight processes ----------------------------------------------------------------------------------------


def _desk(number, society, share, mornings, evenings, told) -> None:
    """A process: one operator through all days, waiting each evening for the others."""
    import django

    django.setup()
    calls = plan(sizes(share))
    try:
        operator = Operator(society, number, calls)
        for day in range(DAYS):
            mornings.wait()
            with it_is(day):
                operator.day(day)
            evenings.wait()
        told.put((operator.steps, time.process_time()))
    except BaseException:
        mornings.abort()
        evenings.abort()
        raise


def replay(organisation, share: float) -> tuple[Counter, int, float]:
    """(figures found, actions done, seconds of processor in all desks): eight weeks, a process for each operator."""
    size = sizes(share)
    calls, house = plan(size), society(organisation, size)
    context = multiprocessing.get_context("spawn")
    mornings, evenings = context.Barrier(OPERATORS + 1), context.Barrier(OPERATORS + 1)
    told = context.SimpleQueue()
    desks = [
        context.Process(target=_desk, args=(number, house, share, mornings, evenings, told))
        for number in range(OPERATORS)
    ]
    for desk in desks:
        desk.start()
    for day in range(DAYS):
        mornings.wait(600)
        evenings.wait(600)
        check_evening(organisation, calls, day)
        if day % 7 == 6:
            print(f"  week {day // 7 + 1}: {sum(call.day <= day for call in calls):,} calls, every evening right")
            sys.stdout.flush()
    steps, processor = zip(*(told.get() for _ in desks), strict=True)
    for desk in desks:
        desk.join()
    return counted(organisation), sum(steps), sum(processor)


def main() -> int:
    """The picture on SQLite, or with --postgres on PostgreSQL."""
    from benchmarks._casework import begin, on_each_database

    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--share", type=float, default=1.0)
    asked.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if not told.here:
        only = "postgresql" if told.postgres else "sqlite"
        return on_each_database("benchmarks.picture", "--share", str(told.share), only=only)
    _by, organisation, where = begin()
    began = time.perf_counter()
    found, steps, processor = replay(organisation, told.share)
    seconds, right = time.perf_counter() - began, found == wanted(plan(sizes(told.share)))
    load = f", load {os.getloadavg()[0]:.0f}, CPU {processor:.0f} s" if os.getloadavg()[0] > OPERATORS + 1 else ""
    figures = ", ".join(f"{name} {count:,}" for name, count in sorted(found.items()))
    print(f"  {figures}; at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB a desk")
    row(
        f"Red Cross picture, 8 weeks, 8 operators, {steps:,} actions ({where})", ours=f"{seconds / 60:.1f} min{load}",
        peer=f"{steps / seconds:,.0f} actions/s", bar=f"exact, <{MINUTES} min",
        met=right and seconds < 60 * MINUTES, command=COMMAND,
    )  # fmt: skip
    return not right


if __name__ == "__main__":
    sys.exit(main())
