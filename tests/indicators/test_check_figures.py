"""The page where published figures are checked: who gets in, what it says, in which language; nothing is kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

pytestmark = pytest.mark.django_db

CSV = (
    'id,claim,value,unit,relation\ncalls,calls,302,contact,"sum(237,65)"\ngrowth,more,"35,4",percent,"change(133,86)"\n'
)


@pytest.fixture
def page(client, cast):
    def ask(persona="coordinator", **data):
        client.force_login(cast.accounts[persona], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.post(reverse("check_figures"), data)

    return ask


def test_a_file(page):
    answer = page(file=SimpleUploadedFile("figures.csv", CSV.encode("utf-16")))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 finding" in text and "<strong>growth</strong>" in text and "row 3" in text
    assert "from 86 to 133 the change is 54.7 percent" in text


def test_pasted_text_in_serbian(page, client, cast):
    cast.accounts["coordinator"].language = "sr"
    cast.accounts["coordinator"].save()
    answer = page(text="Било је [[calls: 13.826,61 EUR = mean(179746,13)]] по гранту.")
    text = answer.content.decode()
    assert "погрешно заокружено" in text and "13.826,61" in text and "13.826,62" in text


def test_what_holds_is_told(page):
    text = page(text=CSV.splitlines()[0] + "\n" + CSV.splitlines()[1]).content.decode()
    assert "Nothing is wrong" in text and "1 relation was checked" in text


@pytest.mark.parametrize(
    "data, says",
    [({}, "one of the two"), ({"text": "no figures here"}, "has no column"), ({"text": "id,value\n"}, "no figures")],
)
def test_what_cannot_be_used_says_why(page, data, says):
    answer = page(**data)
    assert answer.status_code == 422 and says in answer.content.decode()


def test_what_was_typed_is_text(page):
    answer = page(text='id,value,relation\n<script>alert(1)</script>,5,"sum(2,2)"\n')
    assert answer.status_code == 200 and b"<script>alert" not in answer.content


def test_too_many_for_a_page(page):
    rows = "\n".join(f"f{n},{n}" for n in range(5001))
    answer = page(text="id,value\n" + rows)
    assert answer.status_code == 422 and "check-figures" in answer.content.decode()


@pytest.mark.parametrize("persona", ["worker", "observer"])
def test_who_neither_counts_nor_reviews(page, persona):
    assert page(persona, text=CSV).status_code == 403
