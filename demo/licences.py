"""The demo's licences in every stage and its funds for services: invented, the same each time it is built."""

import datetime as dt
import random

from demo.organisations import TOWNS
from duga.directory import actions
from duga.directory.queries import licences as queries
from duga.directory.rules.licences import L, Verdict, add_years
from duga.members.queries import network_by_slug, organisations_of

COUNTRIES = ("RS", "ME", "AL", "MK")  #: whose rules are known
CURRENCY = {"RS": "RSD", "ME": "EUR", "AL": "ALL", "MK": "MKD"}
RATE = {"RS": 117, "ME": 1, "AL": 100, "MK": 61}
#: Stage: (share, the states passed, days since the last of them, share of criteria met).
FULL = (L.STARTED, L.GATHERED, L.APPLIED, L.INSPECTED)
STAGES = {
    L.STARTED: (16, (L.STARTED,), 60, 0.3),
    L.GATHERED: (10, FULL[:2], 40, 0.7),
    L.APPLIED: (10, FULL[:3], 50, 0.9),
    L.INSPECTED: (7, FULL, 20, 0.95),
    L.LICENSED: (28, (*FULL, L.LICENSED), 1500, 1.0),
    L.LIMITED: (6, (*FULL, L.LIMITED), 900, 0.85),
    L.RENEWING: (4, (*FULL, L.LICENSED, L.RENEWING), 30, 0.95),
    L.REFUSED: (4, (*FULL, L.REFUSED), 300, 0.6),
    L.SUSPENDED: (2, (*FULL, L.LICENSED, L.SUSPENDED), 90, 0.6),
    L.WITHDRAWN: (2, (*FULL[:3], L.WITHDRAWN), 200, 0.5),
    L.EXPIRED: (4, (*FULL, L.LICENSED, L.EXPIRED), 100, 0.7),
}
WHY = {L.REFUSED: "Premises", L.SUSPENDED: "Too few licensed workers", L.WITHDRAWN: "The service was given up"}


def fill(by, today: dt.date, small: bool = False) -> str:
    """What countries ask, a way for every second service, and two years of budgets: says how much it was."""
    actions.load_licensing(by=by)
    number = lines = 0
    for country in ("ME",) if small else COUNTRIES:
        network = network_by_slug(by, f"iris-{country.lower()}")
        rows = list(_ways(by, country, today))
        number += actions.load_licences(by=by, network_id=network.pk, rows=rows)
        lines += _funds(by, country, today)
    return f"{number} ways to a licence, {lines} lines of funds"


def _ways(by, country, today):
    chance = random.Random(f"licences {country}")
    members = [each for each in organisations_of(by) if each.country == country and each.demo]
    members.sort(key=lambda each: each.slug)
    criteria: dict = {}
    turn = [stage for stage in STAGES if stage is not L.LIMITED or country == "RS"]
    for organisation in members:
        for row in sorted(queries.organisation_licences(by, organisation, today), key=lambda row: row.service.name):
            if not row.kinds or chance.random() < 0.45:
                continue
            stage = turn.pop() if turn else chance.choices([*STAGES], [told[0] for told in STAGES.values()])[0]
            if stage is L.LIMITED and country != "RS":
                stage = L.STARTED
            types = frozenset(queries.service_types_of([row.service.pk])[row.service.pk])
            if types not in criteria:
                criteria[types] = [each.pk for each in queries.criteria_for(country, types)]
            yield {
                "service_id": row.service.pk, "kind_id": row.kinds[0].pk,
                **_way(chance, stage, row.kinds[0], criteria[types], today),
                "mentor_id": chance.choice(members).pk if chance.random() < 0.15 and stage in FULL else None,
            }  # fmt: skip


def _way(chance, stage, kind, criteria, today):
    _share, states, since, met = STAGES[stage]
    years = kind.years or chance.choice((3, 4, 5))
    days = [chance.randint(5, min(since, 365 * years - 30))]
    if stage in (L.RENEWING, L.SUSPENDED):
        days.append(days[0] + chance.randint(300, 365 * years - 100))
    if stage is L.EXPIRED:
        ended = today - dt.timedelta(days=days[0])
        days.append((today - add_years(ended, -years)).days + 1)
    while len(days) < len(states):
        days.append(days[-1] + chance.randint(20, 120))
    steps = []
    for state, ago in zip(states, reversed(days), strict=True):
        on, until = today - dt.timedelta(days=ago), None
        if state is L.LICENSED:
            until = add_years(on, years)
        elif state is L.LIMITED:
            until = on + dt.timedelta(days=chance.randint(365 * 3, 365 * 5))
        number = f"DEMO-{chance.randint(100, 999)}/{on.year}" if until else ""
        steps.append((state, on, until, number, WHY.get(state, "")))
    last = steps[-1][1]
    verdicts = {pk: (_verdict(chance, met), last) for pk in criteria if chance.random() < 0.9 or met == 1.0}
    tasks = []
    if stage in FULL[:2]:
        tasks.append(("Ask for the certificates", today + dt.timedelta(days=chance.randint(-10, 60)), None))
    return {"steps": steps, "verdicts": verdicts, "tasks": tasks}


def _verdict(chance, met):
    if chance.random() < met:
        return Verdict.MET
    return chance.choice((Verdict.NOT_MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE))


def _funds(by, country, today) -> int:
    """A budget and a final account of last year, as a national coordinator sends them."""
    chance, year = random.Random(f"funds {country}"), today.year - 1
    towns = TOWNS[country].split("|")[:8]
    heads = ["area,service,year,payer,planned,spent,page"]
    budget, account = list(heads), list(heads)
    for page, town in enumerate(towns, start=11):
        for service in ("day_centre", "home_visit"):
            planned = chance.randint(8, 60) * 1000 * RATE[country]
            budget.append(f"{town},{service},{year},municipality,{planned},,{page}")
            if chance.random() < 0.8:  # of the rest nobody published what was spent
                spent = round(planned * chance.uniform(0.6, 1.02))
                account.append(f"{town},{service},{year},municipality,,{spent},{page + 30}")
    mapping = {name: place for place, name in enumerate(heads[0].split(","))} | {"currency": f"={CURRENCY[country]}"}
    lines = 0
    for name, rows in (("budget", budget), ("final account", account)):
        table = actions.send_funds(
            by=by, country=country, name=f"{name} {year}.csv", data="\n".join(rows).encode(),
            document=f"Demo {name} of {year}", demo=True,
        )  # fmt: skip
        outcome = actions.load_funds(by=by, table_id=table.pk, mapping=mapping)
        if outcome.errors:
            raise ValueError(f"{table.document}: {outcome.errors[0]}")
        lines += outcome.rows
    return lines
