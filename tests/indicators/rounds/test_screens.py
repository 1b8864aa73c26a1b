"""The screens of counting rounds: what is typed, what is read in each language, how far the work is."""

from django.urls import reverse

from duga.indicators.models import CountingRound
from duga.indicators.rules.rounds import USUAL_PURPOSES
from tests.indicators.rounds import open_by_hand


def test_a_usual_purpose_is_read_by_each_in_her_own_language(cast, client):
    client.force_login(cast.accounts["secretariat"])
    page = client.get(reverse("round_new") + "?lang=sr").content.decode()
    offered = "Колико различитих људи је сусретнуто на рути"
    assert f'<option value="{offered}">' in page and 'list="usual-purposes"' in page
    asked = {
        "first_year": 2020, "last_year": 2021, "verification_days": 30, "roles": ["given", "family", "birth_year"],
    }  # fmt: skip
    for purpose in (offered, "За  донатора из Ниша"):
        sent = client.post(reverse("round_new"), asked | {"purpose": purpose})
        assert sent.status_code == 302, sent.content.decode()
    kept = list(CountingRound.objects.order_by("created_at").values_list("purpose", flat=True))
    assert kept == [USUAL_PURPOSES[2], "За донатора из Ниша"]
    english = client.get(reverse("rounds") + "?lang=en").content.decode()
    assert USUAL_PURPOSES[2] in english and "За донатора из Ниша" in english
    latin = client.get(reverse("rounds") + "?lang=sr-latn").content.decode()
    assert "Koliko različitih ljudi je susretnuto na ruti" in latin


def test_a_page_says_how_far_encoding_and_linking_are_and_renews_itself(cast, client):
    found = open_by_hand(cast)
    found.parts.filter(number=1).update(answer="agreed", done=40)
    client.force_login(cast.accounts["secretariat"])
    page = reverse("round", args=[found.pk])
    words = client.get(page).content.decode()
    assert 'value="40"' in words and "0 of 1" in words and 'http-equiv="refresh"' in words
    CountingRound.objects.filter(pk=found.pk).update(state="encoded", progress="Comparing pair by pair", done=61)
    words = client.get(page).content.decode()
    assert 'value="61"' in words and "61 %" in words and "Comparing pair by pair" in words
    assert 'http-equiv="refresh"' in words
    CountingRound.objects.filter(pk=found.pk).update(message="The disk is full.")
    words = client.get(page).content.decode()
    assert "The disk is full." in words and 'http-equiv="refresh"' not in words
