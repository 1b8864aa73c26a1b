"""Who opens, answers, checks, releases and ends a counting round."""

import pytest

from duga.indicators import actions, queries
from duga.indicators.models import RoundPart
from duga.indicators.queries.rounds import folder_of_round
from duga.indicators.rules.rounds import Answer
from duga.members.models import Notice
from duga.plain.errors import NotAllowed, NotFound, Refused
from tests.indicators.rounds import HOUSE, linked_round


def test_the_servers_own_process_neither_encodes_nor_links(cast, known, open_round, agree):
    """Both are for the house in a process apart: no viewer on a page can have them done there."""
    found = open_round()
    agree(found)
    for act in (actions.encode_parts, actions.link_round):
        with pytest.raises(Refused):
            act(by=cast.viewer("secretariat"), round_id=found.pk)


def test_each_organisation_answers_for_itself(cast, known, open_round):
    found = open_round()
    assert Notice.objects.filter(account=cast.accounts["coordinator"], path__contains="/rounds/").exists()
    told = {"round_id": found.pk, "agree": True, "start": False}
    for name in ("worker", "manager", "secretariat"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.answer_round(by=cast.viewer(name), slug="niksic", **told)
    with pytest.raises(NotFound):
        actions.answer_round(by=cast.viewer("coordinator"), slug="nis", **told)
    part = actions.answer_round(by=cast.viewer("coordinator"), slug="niksic", **told)
    assert part.answer == Answer.AGREED
    assert actions.encode_parts(by=HOUSE, round_id=found.pk) == 1
    stem = folder_of_round(found.pk) / f"{part.number:04}.encodings"
    assert stem.exists()
    declined = actions.answer_round(
        by=cast.viewer("coordinator"), slug="niksic", round_id=found.pk, agree=False, start=False
    )
    assert declined.answer == Answer.DECLINED
    assert not stem.exists()  # changed her mind: what was encoded is gone
    assert actions.encode_parts(by=HOUSE, round_id=found.pk) == 0


def test_an_administrators_session_answers_for_nobody(cast, known, open_round):
    from duga.members.actions import start_administrator_session

    found = open_round()
    administrator = cast.viewer("administrator")
    start_administrator_session(by=administrator, of=cast.niksic, reason="mending")
    with pytest.raises((NotAllowed, NotFound)):
        actions.answer_round(by=cast.viewer("administrator"), slug="niksic", round_id=found.pk, agree=True, start=False)


def test_a_standing_agreement_answers_and_tells(cast, known, open_round):
    actions.agree_to_rounds(by=cast.viewer("coordinator"), slug="niksic", only_stated=True)
    found = open_round()
    part = RoundPart.objects.get(round=found, organisation=cast.niksic)
    assert (part.answer, part.standing, part.only_stated) == (Answer.AGREED, True, True)
    assert Notice.objects.filter(account=cast.accounts["coordinator"], title__contains="as agreed").exists()
    actions.end_agreement_to_rounds(by=cast.viewer("coordinator"), slug="niksic")
    assert RoundPart.objects.get(round=open_round(), organisation=cast.niksic).answer == Answer.ASKED


def test_only_the_secretariat_opens_and_ends_rounds(cast, known, open_round):
    found = open_round()
    for name in ("national", "reviewer", "observer", "coordinator", "worker"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.open_round(by=cast.viewer(name), purpose="x", first_year=2020, last_year=2020)
        for act in (actions.cancel_round, actions.start_linking, actions.close_round):
            with pytest.raises((NotAllowed, NotFound)):
                act(by=cast.viewer(name), round_id=found.pk)


def test_linking_waits_for_two_and_for_whoever_is_still_encoding(cast, known, open_round, agree):
    found, secretariat = open_round(), cast.viewer("secretariat")
    with pytest.raises(Refused, match="two organisations"):
        actions.start_linking(by=secretariat, round_id=found.pk, start=False)
    agree(found)
    with pytest.raises(Refused, match="still encoding"):
        actions.start_linking(by=secretariat, round_id=found.pk, start=False)


def test_a_second_person_checks_before_it_is_public(cast, known, open_round, agree, pretended, settings):
    settings.SECOND_PERSON = True
    found = linked_round(cast, open_round, agree)
    with pytest.raises(Refused, match="second person"):
        actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    with pytest.raises(NotAllowed):
        actions.check_round(by=cast.viewer("secretariat"), round_id=found.pk)  # who had it linked
    assert queries.people_across_organisations() == {}
    actions.check_round(by=cast.viewer("reviewer"), round_id=found.pk)
    actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    shown = queries.people_across_organisations()[2020]
    assert set(shown) == {"", "ME", "RS"}
    assert not shown["ME"].shown and shown["ME"].claimed is None  # five people: hidden
