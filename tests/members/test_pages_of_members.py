"""The pages of members: each is reached by those whom its rule names, works, and asks as much of the database
for many rows as for few."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from duga.members import actions, queries
from duga.members.models import Account, Invitation, Membership, RoleGrant
from duga.members.rules import MemberStatus, Role, Viewer

HOUSE = Viewer(system="test")


def get(client, name, status=200, **kwargs):
    response = client.get(reverse(name, kwargs=kwargs))
    assert response.status_code == status, (name, response.status_code, response.get("Location"))
    return response


def test_a_coordinator_walks_through_her_organisation(cast, sign_in):
    client = sign_in("coordinator")
    for name in (
        "organisation",
        "organisation_change",
        "organisation_team",
        "organisation_invitations",
        "organisation_trail",
    ):
        assert "Nikšić" in get(client, name, slug="niksic").content.decode()
    get(client, "organisation", 404, slug="nis")
    get(client, "organisations", 302)


def test_a_worker_sees_the_profile_and_nothing_to_manage(cast, sign_in):
    client = sign_in("worker")
    get(client, "organisation", slug="niksic")
    for name in ("organisation_change", "organisation_team", "organisation_invitations", "organisation_trail"):
        get(client, name, 403, slug="niksic")
    get(client, "network", 404, slug="me")


def test_a_national_coordinator_walks_through_her_network(cast, sign_in):
    client = sign_in("national")
    for name in ("network", "organisation_new", "network_team", "network_invitations"):
        get(client, name, slug="me")
    get(client, "network_trail", 403, slug="me")
    get(client, "network", 404, slug="rs")
    get(client, "network_standing", slug="me", organisation="niksic")
    get(client, "network_standing", 404, slug="me", organisation="nis")


@pytest.mark.parametrize("name", ["account", "notices", "organisations"])
def test_own_desk_asks_visitors_to_sign_in(client, cast, name):
    assert get(client, name, 302)["Location"].startswith("/accounts/login/?next=/workspace/")


def test_the_secretariat_founds_an_organisation_and_hands_over_the_first_invitation(cast, sign_in, settings):
    client = sign_in("secretariat")
    form = {
        "name": "Друштво Сунце",
        "country": "ME",
        "town": "Budva",
        "website": "",
        "status": "member",
        "since": "3.4.2020",
        "email": "",
    }
    response = client.post(reverse("organisation_new", kwargs={"slug": "me"}), form)
    assert response.status_code == 302
    made = queries.organisation_by_slug(HOUSE, "drustvo-sunce")
    assert Membership.objects.get(organisation=made).since == dt.date(2020, 4, 3)
    page = client.get(response["Location"]).content.decode()
    link = re.search(r'value="(http://testserver/invitation/[^"]+)"', page).group(1)
    assert "data:image/svg+xml;base64," in page
    client.logout()
    assert client.get(link).status_code == 200
    given = {"name": "Ana", "email": "ANA@example.org", "language": "sr", "password": "tri zelene lubenice"}
    response = client.post(link, given)
    assert response.status_code == 302, response.content.decode()
    ana = Account.objects.get(email="ana@example.org")
    assert queries.viewer_of(ana).grants[0].organisation_id == made.pk
    assert client.get(reverse("account")).status_code == 200  # signed in at once
    assert client.get(link).status_code == 404  # once


def test_a_country_is_chosen_from_a_list_in_the_readers_language(cast, sign_in):
    client = sign_in("secretariat")
    address = reverse("organisation_new", kwargs={"slug": "me"})
    page = client.get(address + "?lang=sr-latn").content.decode()
    assert '<option value="ME" selected>Crna Gora</option>' in page
    assert "Slovenija" in page  # a neighbour of the network's countries
    answer = client.post(address, {"name": "X", "country": "QQ", "status": "member", "since": ""})
    assert answer.status_code == 422
    assert "QQ" in answer.content.decode()
    assert not Membership.objects.filter(organisation__name="X").exists()


def test_wrong_input_is_told_on_the_form(cast, sign_in):
    client = sign_in("secretariat")
    address = reverse("organisation_new", kwargs={"slug": "me"})
    form = {"name": "X", "country": "ME", "status": "member", "since": "45.4.2020"}
    response = client.post(address, form)
    assert "45.4.2020" in response.content.decode()
    response = client.post(address, form | {"since": "3.4.2099"})
    assert response.status_code == 422
    assert not Membership.objects.filter(organisation__name="X").exists()


def test_standing_is_changed_on_the_page_and_the_organisation_is_told(cast, sign_in):
    client = sign_in("national")
    address = reverse("network_standing", kwargs={"slug": "me", "organisation": "niksic"})
    assert client.post(address, {"status": "suspended", "since": "", "reason": ""}).status_code == 422
    assert (
        client.post(address, {"status": "suspended", "since": "", "reason": "No report for two years"}).status_code
        == 302
    )
    assert queries.standing(cast.niksic, cast.me).status == MemberStatus.SUSPENDED
    client.logout()
    client = sign_in("coordinator")
    assert "suspended" in client.get(reverse("notices")).content.decode()
    assert "No report for two years" in client.get(reverse("organisation", args=["niksic"])).content.decode()
    client.post(reverse("notices"))
    assert queries.unread_notices(cast.viewer("coordinator")) == 0


def test_leaving_a_network_says_what_it_means_and_asks_first(cast, sign_in):
    client, address = sign_in("coordinator"), reverse("organisation_join", args=["niksic"])
    sent = {"network": cast.me.slug, "do": "leave", "reason": "the project is over"}
    here = Membership.objects.filter(organisation=cast.niksic, network=cast.me, until=None, status=MemberStatus.MEMBER)
    asked = client.post(address, sent)
    people = RoleGrant.objects.filter(organisation=cast.niksic, until=None).values("account").distinct().count()
    assert f"who go on working here: {people}." in asked.content.decode() and here.exists()
    assert client.post(address, dict(asked.context["given"]) | {"sure": "1"}).status_code == 302
    assert not here.exists()


def test_a_person_page_gives_takes_and_lets_in_again(cast, sign_in):
    client = sign_in("coordinator")
    worker = cast.accounts["worker"]
    address = reverse("organisation_person", kwargs={"slug": "niksic", "account_id": worker.pk})
    assert client.get(address).status_code == 200
    assert client.post(address, {"do": "give", "role": "case_manager"}).status_code == 302
    page = client.post(address, {"do": "recover"}).content.decode()
    link = re.search(r'value="(http://testserver/recovery/[^"]+)"', page).group(1)
    grant = RoleGrant.objects.get(account=worker, role="case_manager", until=None)
    assert client.post(address, {"do": "take", "grant": str(grant.pk)}).status_code == 302
    assert client.post(address, {"do": "second_factor"}).status_code == 302
    client.logout()
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": "short"}).status_code == 422
    assert client.post(link, {"password": "nova duga lozinka"}).status_code == 302
    worker.refresh_from_db()
    assert worker.check_password("nova duga lozinka")
    assert client.get(link).status_code == 404
    stranger = cast.accounts["other_worker"]
    client = sign_in("coordinator")
    get(client, "organisation_person", 404, slug="niksic", account_id=stranger.pk)


def test_the_last_coordinator_is_told_why_she_cannot_go(cast, sign_in):
    client = sign_in("coordinator")
    own = cast.accounts["coordinator"]
    grant = RoleGrant.objects.get(account=own)
    address = reverse("organisation_person", kwargs={"slug": "niksic", "account_id": own.pk})
    response = client.post(address, {"do": "take", "grant": str(grant.pk)})
    assert response.status_code == 422
    assert "successor" in response.content.decode()


def test_the_account_page_changes_name_and_language(cast, sign_in, settings):
    client = sign_in("worker")
    response = client.post(reverse("account"), {"name": "  Radnica  Nova ", "language": "sr"})
    assert response.status_code == 302
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "sr"
    assert queries.own_account(cast.viewer("worker")).name == "Radnica Nova"


def test_an_administrator_opens_and_ends_a_session_on_the_page(cast, sign_in):
    client = sign_in("administrator")
    get(client, "organisation", 404, slug="niksic")
    form = {"do": "start", "place": f"organisation:{cast.niksic.pk}", "reason": "Coordinator asked for help with roles"}
    assert client.post(reverse("administration"), form)["Location"] == "/workspace/organisations/niksic/"
    get(client, "organisation_team", slug="niksic")
    get(client, "organisation", 404, slug="nis")
    session = cast.viewer("administrator").sessions[0]
    client.post(reverse("administration"), {"do": "end", "session": str(session.id)})
    get(client, "organisation_team", 404, slug="niksic")


def test_administration_is_for_administrators(cast, sign_in):
    get(sign_in("secretariat"), "administration", 403)


def _more(cast, number):
    """So many more members, people and invitations."""
    rows = [{"name": f"Udruženje {i} {number}", "country": "ME"} for i in range(number)]
    made = actions.admit_organisations(by=HOUSE, network=cast.me, rows=rows)
    for i in range(number):
        person = actions.create_account(by=HOUSE, email=f"p{number}-{i}@example.org", name=f"P {i}")
        actions.give_role(by=HOUSE, account=person, role=Role.FIELD_WORKER, of=cast.niksic)
        actions.invite(by=cast.viewer("coordinator"), of=cast.niksic, role=Role.FIELD_WORKER, name=f"I {i}")
        actions.notify(by=HOUSE, to=[cast.accounts["coordinator"].pk], title="One more")
    return made


@pytest.mark.parametrize(
    "persona, name, slug",
    [
        ("secretariat", "network", "me"),
        ("secretariat", "organisations", None),
        ("coordinator", "organisation_team", "niksic"),
        ("coordinator", "organisation_invitations", "niksic"),
        ("coordinator", "organisation_trail", "niksic"),
        ("coordinator", "notices", None),
    ],
)
def test_pages_ask_the_database_no_more_for_more_rows(cast, sign_in, django_assert_num_queries, persona, name, slug):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(persona)
    address = reverse(name, kwargs={"slug": slug} if slug else {})
    _more(cast, 2)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    _more(cast, 12)
    with django_assert_num_queries(len(few)):
        assert client.get(address).status_code == 200


def test_invitations_by_link_and_by_mail_say_whom_they_are_for(cast, sign_in):
    client = sign_in("coordinator")
    address = reverse("organisation_invitations", args=["niksic"])
    response = client.post(address, {"role": "field_worker", "name": "Mira", "email": "mira@example.org"})
    assert "Only mira@example.org" in client.get(response["Location"]).content.decode()
    invitation = Invitation.objects.get()
    link = f"/invitation/{queries.token_of('invitation', invitation.pk)}/"
    assert client.get(link).status_code == 200
    assert "another address" in client.get(link).content.decode()
    assert client.post(link).status_code == 422
    client.post(response["Location"], {"do": "renew"})
    assert client.get(link).status_code == 404
    client.post(response["Location"], {"do": "revoke"})
    assert "withdrawn" in client.get(address).content.decode()
    assert client.post(address, {"role": "observer"}).status_code == 422


@pytest.mark.parametrize(
    "sent", [{"do": "take", "grant": "rubbish"}, {"do": "take"}, {"do": "give", "role": "queen"}, {"do": "?"}, {}]
)
def test_rubbish_sent_by_hand_breaks_nothing(cast, sign_in, sent):
    client = sign_in("coordinator")
    worker = cast.accounts["worker"]
    address = reverse("organisation_person", kwargs={"slug": "niksic", "account_id": worker.pk})
    assert client.post(address, sent).status_code in (302, 404, 422)
    assert RoleGrant.objects.filter(account=worker, until=None).count() == 1


def test_an_administrators_button_with_rubbish_finds_nothing(cast, sign_in):
    assert sign_in("administrator").post(reverse("administration"), {"do": "end", "session": "x"}).status_code == 404


def test_members_are_searched_and_added_where_they_are_listed(cast, sign_in):
    rows = [{"name": f"Удружење Сунце {number}", "country": "ME", "town": "Bar"} for number in range(60)]
    actions.admit_organisations(by=HOUSE, network=cast.me, rows=rows)
    client, address = sign_in("national"), reverse("organisations")
    first = client.get(address)
    assert len(first.context["rows"]) == 50 and first.context["page"].has_next()
    assert reverse("organisation_new", kwargs={"slug": "me"}) in first.content.decode()
    for text in ("sunce 59", "СУНЦЕ 59"):
        assert [row[0].value for row in client.get(address, {"q": text}).context["rows"]] == ["Удружење Сунце 59"]
    assert client.get(address, {"q": "bar"}).context["page"].paginator.count == 60
    assert "No organisation here" in client.get(address, {"q": "nobody"}).content.decode()
    both = sign_in("secretariat").get(address).content.decode()
    assert all(reverse("organisation_new", kwargs={"slug": slug}) in both for slug in ("me", "rs"))


def test_an_administrator_tells_organisations_of_one_name_apart(cast, sign_in):
    rows = [{"name": "Centar Sunce", "country": "ME", "town": town} for town in ("Bar", "Budva", "")]
    actions.admit_organisations(by=HOUSE, network=cast.me, rows=rows)
    page = sign_in("administrator").get(reverse("administration")).content.decode()
    for told in ("Centar Sunce (Bar, ME)", "Centar Sunce (Budva, ME)", "Centar Sunce (ME)"):
        assert page.count(told) == 1
