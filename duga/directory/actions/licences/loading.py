"""Loading what countries ask, and licences in bulk as a register or an older list tells them."""

import datetime as dt

from django.db import transaction

from duga.directory.actions._help import _in_line, _tell
from duga.directory.models import (
    Assessment,
    Criterion,
    Licence,
    LicenceKind,
    LicenceStep,
    LicenceTask,
    Provider,
    Service,
    Standard,
)
from duga.directory.rules.licences import LicenceState, Verdict, add_months
from duga.directory.rules.licences_data import names, rows, words
from duga.members.actions import write_trail
from duga.members.queries import network_by_id, organisations_of, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop
from duga.plain.ids import uuid7

__all__ = ["load_licences", "load_licensing"]

_FOREIGN = gettext_noop("A licence is told of a service that is not of this network.")


@transaction.atomic
def load_licensing(*, by: Viewer) -> int:
    """Brings kinds of licence, standards and criteria in line with the files; returns how many criteria are in force.

    Run again, it changes nothing. What left the files is retired: assessments of it stay.
    """
    if not by.system:
        require(by, Permission.MANAGE_PLACES)
    kinds = _in_line(
        LicenceKind.objects.all(), ("country", "code"),
        {(row["country"], row["code"]): _kind(row) for row in rows("kinds")},
    )  # fmt: skip
    standards = _in_line(
        Standard.objects.all(), ("country", "code"),
        {(row["country"], row["code"]): _standard(row) for row in rows("standards")},
    )  # fmt: skip
    criteria = _in_line(
        Criterion.objects.all(), ("standard_id", "code"),
        {
            (standards[row["country"], row["standard"]].pk, row["code"]): _criterion(place, row)
            for place, row in enumerate(rows("criteria"))
        },
    )  # fmt: skip
    for model, kept in ((LicenceKind, kinds), (Criterion, criteria)):
        model.objects.exclude(pk__in=[row.pk for row in kept.values()]).update(retired=True)
    told = {"kinds": len(kinds), "standards": len(standards), "criteria": len(criteria)}
    write_trail(by=by, event="directory.licensing_loaded", subject=("directory.LicenceKind", ""), detail=told)
    return len(criteria)


def _kind(row) -> dict:
    return {
        "grants": row["grants"], "years": int(row["years"]) if row["years"] else None,
        "at_most": row["at_most"] == "yes", "once": row["once"] == "yes", "service_types": words(row["service_types"]),
        "from_year": int(row["from_year"]) if row["from_year"] else None, "authority": row["authority"],
        "names": names(row), "source": row["source"], "url": row["url"],
        "read_on": dt.date.fromisoformat(row["read_on"]), "retired": False,
    }  # fmt: skip


def _standard(row) -> dict:
    return {
        "service_types": words(row["service_types"]), "names": names(row), "source": row["source"], "url": row["url"],
    }  # fmt: skip


def _criterion(place, row) -> dict:
    return {
        "position": place, "aspect": row["aspect"], "evidence": row["evidence"],
        "months": int(row["months"]) if row["months"] else None, "basis": row["basis"], "cite": row["cite"],
        "names": names(row), "retired": False,
    }  # fmt: skip


@transaction.atomic
def load_licences(*, by: Viewer, network_id, rows) -> int:
    """Licences that are known from elsewhere, each with its steps: the bulk door of lists and the demo.

    `rows`: dicts of service_id, kind_id, steps [(state, day, until, number, why)] in their order, and where known
    verdicts {criterion id: (verdict, day)}, mentor_id, tasks [(what, due on, done on)]. Inserts only; one trail entry.
    """
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    rows = list(rows)
    _check_services(by, network, [row["service_id"] for row in rows])
    months = dict(Criterion.objects.values_list("pk", "months"))
    licences, steps, verdicts, tasks = [], [], [], []
    for row in rows:
        licence = _licence_of(row)
        licences.append(licence)
        steps += [_step_of(licence, by, *told) for told in row["steps"]]
        for criterion, (verdict, day) in row.get("verdicts", {}).items():
            good = add_months(day, months[criterion]) if verdict == Verdict.MET and months[criterion] else None
            verdicts.append(
                Assessment(licence=licence, criterion_id=criterion, verdict=verdict, on=day, good_until=good)
            )
        for what, due, done in row.get("tasks", ()):
            tasks.append(LicenceTask(licence=licence, what=what, due_on=due, done_on=done))
    for model, made in ((Licence, licences), (LicenceStep, steps), (Assessment, verdicts), (LicenceTask, tasks)):
        model.objects.bulk_create(made, batch_size=500)
    _tell(by, "licences_loaded", network, None, licences=len(licences))
    return len(licences)


def _check_services(by, network, ids):
    here = [row.pk for row in organisations_of(by, Permission.CURATE_DIRECTORY)]
    providers = Provider.objects.filter(organisation__in=here) | Provider.objects.filter(network=network)
    if Service.objects.filter(pk__in=ids, provider__in=providers).count() != len(set(ids)):
        raise Refused(_FOREIGN)


def _licence_of(row):
    state, on, _until, _number, _why = row["steps"][-1]
    told = [step for step in row["steps"] if step[2]]
    return Licence(
        id=uuid7(), service_id=row["service_id"], kind_id=row["kind_id"], state=LicenceState(state), since=on,
        valid_until=told[-1][2] if told else None, number=told[-1][3] if told else "",
        was_limited=any(step[0] == LicenceState.LIMITED for step in row["steps"]), mentor_id=row.get("mentor_id"),
    )  # fmt: skip


def _step_of(licence, by, state, on, until, number, why):
    return LicenceStep(
        licence=licence, state=LicenceState(state), on=on, valid_until=until, number=number, why=why,
        by_id=by.account_id,
    )  # fmt: skip
