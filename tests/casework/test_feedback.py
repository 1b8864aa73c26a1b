"""Feedback: anybody writes, few read, nobody guesses; complaints about harm go apart. All of it is invented."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from config.reactions import CLOCK
from duga.casework.actions import feedback as actions
from duga.casework.actions.exports import export_everything
from duga.casework.models import Feedback
from duga.casework.queries import feedback as queries
from duga.casework.rules.feedback import CODE_LENGTH, FeedbackState, check_step, named_in
from duga.members.models import Account, Notice, RoleGrant, TrailEntry
from duga.members.queries import viewer_of
from duga.members.rules import VISITOR, Role
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
WORDS = "The driver asked for money at Trebjeska"
SCRIPT = "<script>alert(1)</script>"
PAGE, ANSWER = "/feedback/niksic/", "/feedback/answer/"
FORM = {"words": WORDS, "language": "sr", "kind": "complaint"}


@pytest.fixture
def listed(cast):
    """Nikšić, with its page: the directory names it."""
    build.terms()
    return build.provider(cast)


@pytest.fixture
def write(cast, listed):
    """`write("sensitive", WORDS)` → (row, code) as a visitor; `by=`, `channel=` otherwise."""

    def told(kind="complaint", words=WORDS, by=None, **more):
        viewer = cast.viewer(by) if by else VISITOR
        code = actions.receive_feedback(
            by=viewer, organisation=cast.niksic, kind=kind, words=words, **{"language": "sr", **more}
        )
        return Feedback.objects.latest("created_at"), code

    return told


def page_of(row, what=""):
    return f"/workspace/feedback/{row.pk}/{what}"


# --- rules ---------------------------------------------------------------------------------------------


def test_a_complaint_is_answered_before_it_is_closed():
    check_step("praise", "received", FeedbackState.CLOSED)
    check_step("sensitive", "answered", FeedbackState.CLOSED)
    for kind, now, wanted in (("complaint", "received", "closed"), ("sensitive", "looked_into", "closed"),
                              ("praise", "closed", "answered")):  # fmt: skip
        with pytest.raises(Refused):
            check_step(kind, now, FeedbackState(wanted))


@pytest.mark.parametrize(
    ("about", "words", "found"),
    [("Ана", "", {1}), ("", "жалим се на Марковића", {1}), ("", "Ana was kind", set()), ("Babićka", "", {2}),
     ("", "nobody", set())],
)  # fmt: skip
def test_who_a_message_may_be_about(about, words, found):
    assert named_in(about, words, {1: "Ana Marković", 2: "Iva Babić", 3: ""}) == found


# --- the public page -------------------------------------------------------------------------------------


def test_anybody_writes_and_reads_the_answer_with_a_code(client, cast, listed, sign_in):
    begin = client.get(PAGE)
    assert len(begin.content) < 15_000 and "no-store" in begin["Cache-Control"]
    sent = client.post(PAGE, FORM | {"words": WORDS + SCRIPT, "contact": "069 111 222", "may_count": "on"})
    code = sent.content.decode().split('<bdi dir="ltr">')[1].split("<")[0]
    row = Feedback.objects.get()
    assert row.may_count and row.wants_contact and row.due_at.date() == (row.created_at + dt.timedelta(14)).date()
    assert WORDS.encode() not in bytes(row.told) and code.replace("-", "").encode() not in bytes(row.code)
    assert TrailEntry.objects.get(event="feedback.received").actor == "visitor"
    desk = sign_in("manager")
    shown = desk.get(page_of(row)).content.decode()
    assert WORDS in shown and SCRIPT not in shown and "069 111 222" in shown
    assert TrailEntry.objects.filter(event="feedback.opened").count() == 1
    desk.post(page_of(row, "step/"), {"do": "answered", "version": 1, "text": f"We spoke with him {SCRIPT}"})
    client.logout()
    answer = client.post(ANSWER, {"code": code.lower().replace("-", " ")}).content.decode()
    assert "We spoke with him" in answer and SCRIPT not in answer and WORDS not in answer


def test_a_code_is_not_guessed_and_no_answer_tells_of_another(client, write, settings):
    row, code = write()
    assert len(code.replace("-", "")) == CODE_LENGTH
    for wrong in (code[:-1], code + "A", "", "0" * 12, str(row.pk), bytes(row.code).hex()[:40]):
        assert "due by" not in client.post(ANSWER, {"code": wrong}).content.decode()
    assert client.get(f"{ANSWER}?code={code}").content.decode().count("due by") == 0
    Feedback.objects.update(code=b"")
    assert actions.look_at_answer(by=VISITOR, code="") is None
    settings.PUBLIC_RATES = {"/feedback/": "3/m/ip"}
    cache.clear()
    assert [client.post(PAGE, FORM).status_code for _ in range(5)][-2:] == [429, 429]
    cache.clear()


def test_the_page_speaks_the_languages_of_who_looks_for_help(client, listed):
    page = client.get(f"{PAGE}?lang=prs").content.decode()
    assert '<html lang="prs" dir="rtl"' in page and 'value="prs" selected' in page


def test_a_page_exists_only_for_whom_the_directory_names(client, cast, listed):
    assert client.get("/feedback/nis/").status_code == client.get("/feedback/none/").status_code == 404
    with pytest.raises(NotFound):
        actions.receive_feedback(by=VISITOR, organisation=cast.nis, kind="praise", words=WORDS, language="sr")


def test_nothing_but_what_is_asked_is_taken(client, cast, listed):
    told = FORM | {"state": "closed", "sender": cast.nis.pk, "channel": "organisation", "due_at": "2099-01-01"}
    client.post(PAGE, told | {"organisation": cast.nis.pk})
    row = Feedback.objects.get()
    assert (row.state, row.sender, row.channel, row.organisation) == ("received", None, "page", cast.niksic)
    for wrong in ({"kind": "x"}, {"rating": 9}, {"words": " "}, {"words": "a" * 5000}, {"service": str(row.pk)}):
        assert client.post(PAGE, FORM | wrong).status_code == 422
    assert Feedback.objects.count() == 1


# --- routed apart ----------------------------------------------------------------------------------------


def test_a_sensitive_complaint_is_there_for_few(write, sign_in, cast):
    row, _code = write("sensitive")
    assert row.due_at.date() == (row.created_at + dt.timedelta(3)).date()
    inbox = "/workspace/organisations/niksic/feedback/"
    for name, sees in (("manager", False), ("supervisor", True), ("officer", True), ("coordinator", True)):
        client = sign_in(name)
        assert client.get(page_of(row)).status_code == (200 if sees else 404), name
        assert (str(row.pk) in client.get(inbox).content.decode()) is sees
    for name in ("worker", "operator", "other_coordinator", "secretariat", "national", "administrator"):
        client = sign_in(name)
        assert client.get(page_of(row)).status_code == 404, name
        assert client.post(page_of(row, "step/"), {"do": "looked_into", "version": 1}).status_code == 404
    told = set(Notice.objects.filter(path=page_of(row)).values_list("account__email", flat=True))
    assert {email.split("@")[0] for email in told} == {"supervisor", "officer", "coordinator"}
    assert not Notice.objects.filter(title__contains="Trebjeska").exists()
    assert [each.kind for each in queries.feedback_counts(cast.viewer("manager"), cast.niksic)][-1] == "complaint"


def test_whom_it_may_be_about_sees_nothing_of_it(write, sign_in, cast):
    Account.objects.filter(pk=cast.accounts["coordinator"].pk).update(name="Ana Marković")
    row, _code = write("sensitive", "Боса Марковића нас вређа", about="")
    assert sign_in("coordinator").get(page_of(row)).status_code == 404
    assert not Notice.objects.filter(path=page_of(row), account=cast.accounts["coordinator"]).exists()
    boss = cast.viewer("coordinator")
    tables = {name: list(rows) for name, _columns, rows in export_everything(by=boss, organisation_id=cast.niksic.pk)
              if name == "feedback"}  # fmt: skip
    assert tables == {"feedback": []}
    kept = {"by": cast.viewer("officer"), "feedback_id": row.pk, "version": 1}
    actions.keep_feedback_from(**kept, account_ids=[cast.accounts["supervisor"].pk, "nobody"])
    assert sign_in("supervisor").get(page_of(row)).status_code == 404
    assert sign_in("coordinator").get(page_of(row)).status_code == 200
    few = [cast.accounts[name].pk for name in ("supervisor", "officer", "coordinator")]
    with pytest.raises(Refused, match="Leave somebody"):
        actions.keep_feedback_from(**kept | {"version": 2}, account_ids=few)


def test_when_it_is_about_all_who_could_answer_the_network_is_told_and_no_more(write, cast):
    RoleGrant.objects.filter(role__in=[Role.CASE_SUPERVISOR, Role.DATA_PROTECTION_OFFICER]).delete()
    row, _code = write("sensitive", about="coordinator")
    notice = Notice.objects.get(account=cast.accounts["national"])
    assert notice.path == "" and "Trebjeska" not in str(notice.params)
    with pytest.raises(NotFound):
        queries.feedback(cast.viewer("national"), row.pk)


def test_a_complaint_can_be_routed_apart_later(write, cast):
    row, _code = write()
    manager = {"by": cast.viewer("manager"), "feedback_id": row.pk}
    actions.step_feedback(**manager, version=1, to="looked_into")
    with pytest.raises(Conflict):
        actions.step_feedback(**manager, version=1, to="answered", text="done so")
    actions.route_apart(**manager, version=2)
    with pytest.raises(NotFound):
        actions.open_feedback(**manager)
    assert not Notice.objects.filter(path=page_of(row), account=cast.accounts["manager"]).exists()


# --- paper, cooperation, clock, end ------------------------------------------------------------------------


def test_paper_is_typed_in_and_names_nobody_who_wrote(sign_in, cast, write):
    client, here = sign_in("worker"), "/workspace/organisations/niksic/feedback/"
    assert "feedback-paper" in client.get(f"{here}form/").content.decode()
    persian = client.get(f"{here}form/?language=fa").content.decode()
    assert '<article class="letter feedback-paper" lang="fa" dir="rtl">' in persian and "Form to print" in persian
    assert 'feedback-paper" lang="en" dir="ltr"' in client.get(f"{here}form/?language=<b>").content.decode()
    assert "<bdi" in client.post(f"{here}paper/", FORM).content.decode()
    assert Feedback.objects.get().channel == "paper" and client.get(here).status_code == 403
    with pytest.raises(NotFound):
        actions.receive_feedback(
            by=cast.viewer("other_worker"), organisation=cast.niksic, channel="paper", kind="praise", words=WORDS,
            language="sr",
        )  # fmt: skip


def test_an_organisation_tells_another_how_working_together_went(sign_in, cast):
    client, path = sign_in("other_coordinator"), "/workspace/organisations/nis/feedback/working-together/"
    client.post(path, {"partner_id": cast.niksic.pk, "kind": "suggestion", "words": "Call us before you send somebody"})
    row = Feedback.objects.get()
    assert (row.organisation, row.sender) == (cast.niksic, cast.nis)
    by = cast.viewer("coordinator")
    actions.step_feedback(by=by, feedback_id=row.pk, version=1, to="answered", text="We shall")
    assert "We shall" in client.get(path).content.decode()
    with pytest.raises(NotFound):
        actions.open_feedback(by=cast.viewer("other_coordinator"), feedback_id=row.pk)
    told = {"kind": "praise", "words": WORDS, "language": "sr"}
    with pytest.raises(NotAllowed):
        actions.tell_partner(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, partner_id=cast.nis.pk, **told)
    with pytest.raises(Refused):
        actions.tell_partner(by=by, organisation_id=cast.niksic.pk, partner_id=cast.niksic.pk, **told)


def test_the_clock_reminds_and_in_the_end_forgets(write, cast):
    row, code = write("sensitive", may_count=True)
    day = dt.timedelta(days=1)
    assert [actions.look_after_feedback(by=CLOCK, now=row.created_at + day * n) for n in (1, 2, 2, 3, 5, 9)] == [
        0, 1, 0, 1, 1, 0,
    ]  # fmt: skip
    here = {"by": cast.viewer("officer"), "feedback_id": row.pk}
    actions.step_feedback(**here, version=1, to="answered", text="We looked")
    actions.step_feedback(**here, version=2, to="closed")
    counts = {each.kind: each for each in queries.feedback_counts(cast.viewer("officer"), cast.niksic)}
    assert counts["sensitive"].counted == 1 and counts["sensitive"].days == 0 and counts["sensitive"].waiting == 0
    actions.look_after_feedback(by=CLOCK, now=timezone.now() + dt.timedelta(days=400))
    row.refresh_from_db()
    assert not row.told and not row.answer and actions.look_at_answer(by=VISITOR, code=code) is None
    assert actions.open_feedback(**here).told == {}
    with pytest.raises(NotFound):
        actions.look_after_feedback(by=viewer_of(cast.accounts["coordinator"]))
