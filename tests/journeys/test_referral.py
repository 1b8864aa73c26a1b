"""From Niš to Banja Luka and on to an institution without an account: two languages, no phone call needed to know."""

import os

import pytest
from django.utils.translation import gettext, override

from duga.casework.actions import register_person
from duga.members.models import Account, Membership, Network, Organisation, RoleGrant
from duga.members.rules import MemberStatus, Role
from tests.conftest import PASSWORD
from tests.journeys.conftest import no_violations, nothing_hangs_over, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("DUGA_SHOTS")


def shot(page, name):
    """A picture for who looks at the screens, where DUGA_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.fixture
def banja_luka(transactional_db, cast, key_store):
    """An organisation in Banja Luka with one worker, and a person of Niš."""
    ba = Network.objects.create(slug="ba", name="Bosna i Hercegovina", country="BA", parent=cast.region)
    house = Organisation.objects.create(
        slug="banja-luka", name="Otvoren prozor", country="BA", town="Banja Luka", demo=True
    )
    key_store.add_organisation(house.pk)
    Membership.objects.create(organisation=house, network=ba, status=MemberStatus.MEMBER, since="2019-01-01")
    amra = Account(email="amra@example.org", name="Amra", language="bs")
    amra.set_password(PASSWORD)
    amra.save()
    RoleGrant.objects.create(account=amra, role=Role.CASE_MANAGER, organisation=house)
    mira = register_person(
        by=cast.viewer("other_worker"), organisation_id=cast.nis.pk, birth_year=1990,
        identity={"given": "Мира", "family": "Перић", "phone": "+381 18 000 111", "address": "Обилићев венац 5"},
    )  # fmt: skip
    Account.objects.filter(email="other_worker@example.org").update(language="sr-latn")
    return house, mira


def test_from_nis_to_banja_luka_and_on_to_a_clinic(banja_luka, open_page):
    house, mira = banja_luka
    nis = open_page(phone=True, locale="sr-Latn")
    sign_in(nis, "other_worker@example.org")
    nis.goto(f"/workspace/people/{mira.pk}/refer/")
    nothing_hangs_over(nis)
    nis.fill("input[name=name]", "banja luka")
    nis.click("main form button")
    shot(nis, "refer")
    nis.click("text=Otvoren prozor")
    nis.wait_for_selector("textarea[name=reason]")
    nothing_hangs_over(nis)
    nis.locator("label", has_text="72").click()
    nis.fill("textarea[name=reason]", "Putuje sa djetetom, treba joj smještaj.")
    nis.fill("textarea[name=text]", "Stiže sutra autobusom.")
    nis.check("input[name=agreed]")
    shot(nis, "form")
    no_violations(nis)
    nis.click("main form > button")
    nis.wait_for_selector("input[value=send]", state="attached")
    told = nis.inner_text("main")
    assert "Мира" in told and "Обилићев" not in told
    shot(nis, "draft")
    nis.click("main form:has(input[value=send]) button")
    nis.wait_for_selector("input[value=revoke]", state="attached")
    referral = nis.url
    shot(nis, "sent")
    no_violations(nis)

    both = nis.request.get(f"{referral}paper/").text()  # the form in both languages
    for language in ("sr-latn", "bs"):
        with override(language):
            assert gettext("Copy of who receives") in both
    amra = open_page(locale="bs")
    sign_in(amra, "amra@example.org")
    amra.goto("/workspace/organisations/banja-luka/referrals/")
    shot(amra, "board")
    no_violations(amra)
    amra.click("text=Центар Ниш")
    amra.wait_for_selector("input[value=accept]", state="attached")
    assert amra.url == referral and "Мира" in amra.inner_text("main")
    assert "Обилићев" not in amra.content()
    shot(amra, "received")
    amra.click("form:has(input[value=accept]) button")
    amra.click("form:has(input[value=register]) button")
    amra.wait_for_url("**/bases/")
    hers = amra.url
    nis.reload()
    assert "Prihvaćeno" in nis.inner_text("main")

    amra.goto(hers.replace("bases/", "refer/form/?to=outside"))
    amra.fill("input[name=name]", "Dom zdravlja Laktaši")
    amra.fill("textarea[name=reason]", "Pregled djeteta.")
    amra.check("input[name=agreed]")
    amra.click("main form > button")
    amra.click("main form:has(input[value=send]) button")
    amra.click("form:has(input[value=link]) button")
    shot(amra, "link")
    link, code = amra.inner_text(".notice code"), amra.inner_text(".notice strong bdi")
    amra.goto(amra.url + "paper/")
    shot(amra, "paper")
    paper = amra.inner_text("main")
    assert "Dom zdravlja Laktaši" in paper and amra.locator("article.letter").count() == 3

    clinic = open_page(phone=True, java_script_enabled=False, locale="bs")
    answer = clinic.goto(link)
    assert "no-store" in answer.headers["cache-control"] and "noindex" in answer.headers["x-robots-tag"]
    assert "Мира" not in clinic.content() and "Otvoren prozor" in clinic.inner_text("main")
    shot(clinic, "guest-code")
    nothing_hangs_over(clinic)
    clinic.fill("input[name=code]", code)
    clinic.click("main form button")
    clinic.wait_for_selector("button[value=accepted]")
    assert "Мира" in clinic.inner_text("main") and "+381" not in clinic.content()
    shot(clinic, "guest")
    clinic.click("button[value=accepted]")
    clinic.click("button[value=done]")
    clinic.wait_for_selector("button[value=done]", state="detached")
    shot(clinic, "guest-done")
    amra.goto(amra.url.replace("paper/", ""))
    shot(amra, "done")
    amra.goto(referral)
    amra.click("form:has(input[value=done]) button")
    amra.wait_for_selector("input[value=done]", state="detached")
    nis.reload()
    assert "potvrdio je ko pruža uslugu" in nis.inner_text("main")
    shot(nis, "nis-done")
    nothing_hangs_over(nis)
