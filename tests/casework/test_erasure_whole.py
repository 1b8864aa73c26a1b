"""Somebody who stands in every table is erased: she is nowhere any more, and nobody else's help stops.

Two lives are written into every table (lives.py), and two into a sealed programme; one of each is erased. Then the
clock does all it does, and everything that shows people is asked: every column, page, export, copy, paper, phone. A new
table that can lead to a person fails the first test until a life is written into it.
"""

import json
from types import SimpleNamespace

import pytest
from django.apps import apps as django_apps

from config.clock import Times, run_due_jobs, run_reactions
from config.reactions import BY_THE_CLOCK
from duga.casework import actions, models, queries
from duga.casework.actions import referrals
from duga.members.rules import VISITOR
from duga.plain.errors import NotFound
from duga.vault.models import sensitivity_of
from duga.vault.sensitivity import Sensitivity
from tests.casework import lives, phones
from tests.casework.looking import SHOWN, exports, shown

pytestmark = pytest.mark.django_db

#: Tables that say something of people without leading to one of the register.
ELSEWHERE = {
    models.ErasureCertificate: "written by the erasure itself; it names nobody",
    models.Feedback: "nobody is asked who she is",
    models.ImportBatch: "its file's name, which may be hers: looked at below",
    models.StagedImport: "a whole sheet on its way in, gone after two days",
    models.TravellingParty: "how many travel; its members lead to people",
    models.Volunteer: "who helps",
}


@pytest.fixture
def told(cast, settings, tmp_path):
    """Two in the open register and two under a seal, each with all a life can hold; they share a list and a home."""
    settings.MEDIA_ROOT, settings.BACKUPS, settings.BACKUP_DAYS = tmp_path / "files", tmp_path / "backups", 0
    settings.BACKUPS.mkdir()
    her, other = (lives.open_life(cast, lives.Words(seed)) for seed in (1, 2))
    hidden, seen = (lives.sealed_life(cast, lives.Words(seed), f"Line {seed}") for seed in (3, 4))
    both = {"by": cast.viewer("worker"), "organisation_id": cast.niksic.pk}
    shared = actions.make_distribution_list(
        **both, title="Both", date=lives.DAY, person_ids=[her.person.pk, other.person.pk]
    )
    actions.attach_scan(by=cast.viewer("worker"), list_id=shared.pk, data=b"%PDF-1.4 both signed")
    actions.add_household_member(
        by=cast.viewer("worker"), household_id=other.household.pk, role="grandchild", person_id=her.person.pk
    )
    return SimpleNamespace(her=her, other=other, hidden=hidden, seen=seen, shared=shared, tmp=tmp_path)


def test_a_life_stands_in_every_table_that_can_lead_to_somebody(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    her, hidden = lives.open_life(cast, lives.Words(1)), lives.sealed_life(cast, lives.Words(2), "Line")
    people = [her.person.pk, her.merged.pk, hidden.person.pk]
    ways = lives.ways_to_a_person()
    assert [model.__name__ for model in ways if model not in ELSEWHERE and not lives.rows_of(model, people)] == []
    about = {Sensitivity.COARSE, Sensitivity.IDENTITY, Sensitivity.SPECIAL}
    speaking = {model for model in lives.tables() if about & {*sensitivity_of(model).values()}}
    assert speaking - {*ways, *ELSEWHERE, models.Person} == set(), "say where it leads, and write a life into it"


def test_whoever_is_erased_is_nowhere_and_nobody_elses_help_stops(cast, told, client):
    her, hidden, coordinator = told.her, told.hidden, cast.viewer("coordinator")
    people = [her.person.pk, hidden.person.pk]
    rows = {model: lives.rows_of(model, people) for model in SHOWN if model in lives.ways_to_a_person()}
    rows[models.Person] = [her.person, her.merged, hidden.person]
    before = everything_of(cast, told.other, told.seen)
    for person in (her.person, hidden.person):
        certificate = actions.erase_person(by=coordinator, person_id=person.pk, reason="she asked for it")
        rows.setdefault(models.ErasureCertificate, []).append(certificate)
    run_reactions(told.tmp / "noted.json")
    jobs = [job for job in BY_THE_CLOCK if job.name != "finished tasks"]  # those of the queue's own table
    assert run_due_jobs(Times(told.tmp / "clock.json"), jobs) == [job.name for job in jobs]
    words = {*her.words.secret, *her.words.told, *hidden.words.secret, *her.codes, *hidden.codes}
    assert nowhere(words, columns()) == []
    assert nowhere(words, exports(cast)) == []
    assert nowhere(words, shown(cast, client, rows)) == []
    gone(cast, told)
    assert everything_of(cast, told.other, told.seen) == before


def nowhere(words, texts) -> list[str]:
    """Where one of these words stands after all."""
    return sorted({f"{where}: {word}" for where, text in texts for word in words if word.casefold() in text.casefold()})


def columns():
    """Every row of every table."""
    for model in django_apps.get_models():
        for row in model._base_manager.values_list():
            yield model.__name__, repr(row)


def gone(cast, told):
    """Doors that led to her lead nowhere: her record, its copy, her phones, her links, what a phone still hands in."""
    her, hidden, coordinator = told.her, told.hidden, cast.viewer("coordinator")
    for person in (her.person, her.merged, hidden.person):
        for door in (actions.open_person, actions.open_special):
            with pytest.raises(NotFound):
                door(by=coordinator, person_id=person.pk)
        with pytest.raises(NotFound):
            actions.copy_of_person(by=coordinator, person_id=person.pk, language="en", form="json")
    assert actions.open_errands(by=her.carrier) == []
    assert referrals.open_as_guest(by=VISITOR, token=her.guest[0], code=her.guest[1]).over
    received = referrals.open_referral(by=cast.viewer("other_coordinator"), referral_id=her.referral.pk)
    assert (received.row.state, received.content, received.said) == ("revoked", {}, ())
    late = [phones.letter(her.keys, phones.told(her.person))]
    [outcome] = actions.receive_letters(by=cast.viewer("worker"), token=her.keys.token, letters=late)
    assert outcome.sent == "refused"
    for word in (her.name, her.phone):
        assert actions.find_people(by=coordinator, organisation_id=cast.niksic.pk, text=word) == []


def everything_of(cast, other, seen) -> dict:
    """What the others have and wait for, as those who help them see it."""
    coordinator, manager, worker = (cast.viewer(name) for name in ("coordinator", "manager", "worker"))
    here, pk = cast.niksic, other.person.pk
    errands = actions.open_errands(by=other.carrier)
    pack = actions.take_shift(by=worker, secret=other.keys.secret)
    copy = actions.copy_of_person(by=manager, person_id=pk, language="en", form="json")
    hers = {row.pk for row in lives.rows_of(models.Request, [pk])}
    days = models.Request.objects.filter(visit=other.visit).values_list("visit_on", "state")
    return {
        "name": actions.open_person(by=worker, person_id=pk).name,
        "found": [each.id for each in actions.find_people(by=worker, organisation_id=here.pk, text=other.name)],
        "errands": [(row.name, row.phone, row.details) for row in errands],
        "carried": [person["name"] for person in pack["people"] if person["id"] == str(pk)],
        "on shift": sorted(row["details"] for row in pack["errands"] if row["person"] == str(pk)),
        "board": sorted(row.request.code for row in queries.board(manager, here) if row.request.pk in hers),
        "visits": sorted(days),
        "cases": sorted((case.code, case.state) for case in lives.rows_of(models.Case, [pk])),
        "notes": sorted(
            text for case in lives.rows_of(models.Case, [pk])
            for _note, text in actions.open_notes(by=manager, case_id=case.pk)
        ),
        "needs": [need.code for need in models.Need.objects.filter(person=pk, until=None)],
        "may call": queries.may_use(worker, pk, "contact").allowed,
        "referral": referrals.open_referral(
            by=cast.viewer("other_coordinator"), referral_id=other.referral.pk
        ).content,
        "link": referrals.open_as_guest(by=VISITOR, token=other.guest[0], code=other.guest[1]).content,
        "copy": {word for word in other.words.secret if word in json.dumps(copy, ensure_ascii=False)},
        "called back": models.Call.objects.get(pk=seen.call.pk).callback,
        "under the seal": actions.open_person(by=cast.viewer("operator"), person_id=seen.person.pk).name,
    }  # fmt: skip
