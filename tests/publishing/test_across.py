"""What the public pages say of people whom several organisations helped: with a released round, and without."""

import html
import re

import pytest

from tests.indicators.ledgers import release_by_hand
from tests.indicators.rounds import released_by_hand

pytestmark = pytest.mark.django_db


def words(answer):
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_without_a_round_the_pages_say_the_highest_never_the_sum(client, cast):
    release_by_hand(cast)
    for page in ("/evidence/", "/evidence/me/2020/"):
        assert "take the highest of their numbers for it, never the sum" in words(client.get(page))


def test_a_released_round_stands_beside_what_a_plain_sum_would_have_claimed(client, cast):
    release_by_hand(cast)
    found = released_by_hand(cast)
    home, country = words(client.get("/evidence/")), words(client.get("/evidence/me/2020/"))
    assert "360 – 390 different people A plain sum would have claimed about 410" in home
    assert "about 370 different people ( 360 – 390 ) A plain sum would have claimed about 410" in country
    assert f"/evidence/round/{found.pk}/" in client.get("/evidence/").content.decode()
    assert "never the sum" not in home + country
    method = words(client.get(f"/evidence/round/{found.pk}/"))
    assert "about 370" in method and "ab" * 32 in method
    assert not re.search(r"\b(412|420|371|378|8)\b", method)  # nothing exact, nothing small


def test_a_round_that_was_not_released_is_nobodys_to_see(client, cast):
    from tests.indicators.rounds import open_by_hand

    release_by_hand(cast)
    waiting = open_by_hand(cast)
    assert client.get(f"/evidence/round/{waiting.pk}/").status_code == 404
