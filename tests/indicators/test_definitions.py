"""The second person of a definition: who may be it, for which text, and where it is told."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from duga.evidence.indicators import find, load_all
from duga.indicators import actions, queries, rules
from duga.indicators.models import DefinitionCheck
from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.indicators.ledgers import release_by_hand

pytestmark = pytest.mark.django_db
CODE = "households_reached"


def check(cast, who="reviewer", **more):
    told = {
        "code": CODE,
        "fingerprint": find(CODE).fingerprint,
        "next_review": timezone.localdate() + dt.timedelta(300),
    }
    return actions.check_definition(by=cast.viewer(who), **told | more)


def test_what_is_shipped_was_checked_by_nobody_and_says_so():
    assert all(each.checker is None for each in load_all().values())


def test_a_second_person_checks_and_the_trail_and_released_figures_tell(cast, client):
    release = release_by_hand(cast)
    address = reverse("release", args=[release.pk])
    assert "Nobody but its author" in client.get(address).content.decode()
    made = check(cast)
    page = client.get(address).content.decode()
    assert "By a second person" in page and "Reviewer" not in page, "who it was, the installation knows"
    entry = TrailEntry.objects.get(event="indicators.definition_checked")
    assert entry.detail["indicator"] == CODE and made.version == find(CODE).version
    (found,) = [each for each in queries.definitions(cast.viewer("secretariat")) if each.check]
    assert found.due == made.next_review and not found.lapsed(timezone.localdate())
    assert found.lapsed(made.next_review + dt.timedelta(1))


def test_another_text_was_checked_by_nobody(cast, client):
    """A check holds for the definition byte for byte: of what stands otherwise it says nothing."""
    release = release_by_hand(cast)
    DefinitionCheck.objects.create(
        indicator=CODE, version=1, fingerprint="0" * 64, checked_by="x", checked_at=timezone.now(),
        next_review=timezone.localdate() + dt.timedelta(9),
    )  # fmt: skip
    assert "Nobody but its author" in client.get(reverse("release", args=[release.pk])).content.decode()
    with pytest.raises(Conflict, match="changed since"):
        check(cast, fingerprint="0" * 64)


def test_who_may_not(cast):
    for who in ("worker", "observer", "administrator"):
        with pytest.raises(NotFound):
            check(cast, who)
    with pytest.raises(NotFound, match="no indicator"):
        check(cast, code="nothing")
    today = dt.date(2026, 11, 22)
    with pytest.raises(NotAllowed, match="somebody else"):
        rules.check_definition("Ana Anić", "ana anić ", "a@example.org", today + dt.timedelta(9), today)
    for days in (0, -5, 800):
        with pytest.raises(Refused, match="within two years"):
            check(cast, next_review=timezone.localdate() + dt.timedelta(days))


def test_on_screen(cast, sign_in):
    reviewer = sign_in("reviewer")
    page = reviewer.get(reverse("definitions")).content.decode()
    assert "nobody yet" in page and reverse("definition", args=[CODE]) in page
    address = reverse("definition", args=[CODE])
    shown = reviewer.get(address)
    form = shown.context["form"]
    assert find(CODE).words("limits", "en")[:20] in shown.content.decode()
    told = {"fingerprint": form["fingerprint"].value(), "next_review": "2000-01-01"}
    assert reviewer.post(address, told).status_code == 422
    told["next_review"] = (timezone.localdate() + dt.timedelta(200)).isoformat()
    assert reviewer.post(address, told).status_code == 302
    assert "Reviewer" in reviewer.get(address).content.decode()


def test_snapshots_and_releases_have_an_owner(cast, released, snapshot):
    """Of the networks the one above all others."""
    assert snapshot.owner == cast.region
    assert {each.owner_id for each in released.values()} == {cast.region.pk}
