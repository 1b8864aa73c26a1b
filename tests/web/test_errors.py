"""What goes wrong is said in plain words, with the right status, and says what to do next."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST

from config import urls
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, Unreadable, gettext_noop
from duga.ui.fields import said
from duga.web import errors

ERRORS = {
    "refused": Refused("The row %(row)s has no date.", row=7),
    "unreadable": Unreadable("This is not a spreadsheet."),
    "not-found": NotFound("There is nothing here, or it is not yours to see."),
    "not-allowed": NotAllowed("Your role does not allow this. Ask your organisation's coordinator."),
    "conflict": Conflict("%(name)s was faster.", name="<b>Mira</b>"),
    "denied": PermissionDenied(),
    "broken": RuntimeError("secret inside"),
}


def fail(request, what):
    raise ERRORS[what]


@require_POST
def only_post(request):
    return HttpResponse("done")


urlpatterns = [path("fail/<slug:what>/", fail), path("only-post/", only_post), *urls.urlpatterns]
handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("refused", 422, "The row 7 has no date."),
        ("unreadable", 422, "This is not a spreadsheet."),
        ("not-found", 404, "not yours to see"),
        ("not-allowed", 403, "Ask your organisation&#x27;s coordinator"),
        ("conflict", 409, "&lt;b&gt;Mira&lt;/b&gt; was faster."),
        ("denied", 403, "Sign in with"),
    ],
)
def test_each_error_has_its_status_and_sentence(client, what, status, words):
    answer = client.get(f"/fail/{what}/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "<h1>" in answer.content.decode()


def test_json_for_who_prefers_it(client):
    answer = client.get("/fail/refused/", headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["message"] == "The row 7 has no date."


def test_what_breaks_says_nothing_of_the_inside():
    client = Client(raise_request_exception=False)
    answer = client.get("/fail/broken/")
    assert answer.status_code == 500
    assert b"secret inside" not in answer.content
    assert b"Something broke on our side" in answer.content


def test_the_500_page_leans_on_nothing(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert errors.server_error(rf.get("/")).status_code == 500


def test_an_address_that_is_not_there(client):
    answer = client.get("/nothing-here/")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_the_wrong_way_to_ask(client):
    answer = client.get("/only-post/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert b"This cannot be done here" in answer.content


def test_a_wrong_host_gets_a_bare_refusal(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400


def test_a_form_that_lay_open_too_long_is_explained():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert b"lay open too long" in answer.content


def test_going_back_only_leads_into_the_house(client):
    inside = client.get("/fail/refused/", headers={"referer": "http://testserver/about/?x=1"})
    assert b'href="/about/?x=1"' in inside.content
    outside = client.get("/fail/refused/", headers={"referer": "http://evil.example/about/"})
    assert b"evil" not in outside.content
    tricky = client.get("/fail/refused/", headers={"referer": "http://testserver//evil.example/"})
    assert b'href="//evil' not in tricky.content


def test_errors_speak_the_readers_language(client):
    answer = client.get("/nothing-here/?lang=ar")
    assert "لا شيء هنا" in answer.content.decode()


def test_messages_are_translated_before_they_are_filled():
    error = Refused(gettext_noop("There is nothing here"))
    from django.utils.translation import override

    with override("ar"):
        assert said(error) == "لا شيء هنا"
