"""Answers for who reviews them: lists without anything of what was answered, and the door to one submission."""

import base64
import binascii
import uuid
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from duga.members.queries import organisation_by_id, organisation_by_slug
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import CollectDevice, Form, Submission, SubmissionComment
from duga.surveys.queries.designs.access import used_in
from duga.surveys.rules import SubmissionState

PAGE = 50
#: Columns that a list does not need.
_HEAVY = ("xml", "mark", "content", "phone")


@dataclass(frozen=True)
class Asked:
    """What a list of answers is narrowed to; "" everywhere: everything but trials."""

    state: str = ""
    flagged: bool = False
    waiting: bool = False  #: files are still to come
    trials: bool = False
    after: str = ""  #: where the page before ended


@dataclass(frozen=True)
class Page:
    """A page of answers, newest first; `after` opens the next one, "" on the last."""

    rows: list[Submission]
    after: str


def review_door(viewer: Viewer, organisation_id):
    """The organisation whose answers the viewer may read; NotFound for everybody else's.

    Asked of the organisation itself: what reaches it from a network never opens its answers.
    """
    return organisation_by_id(viewer, organisation_id, Permission.REVIEW_ANSWERS)


def review_door_by_slug(viewer: Viewer, slug: str):
    """The same door, by the organisation's short name."""
    return organisation_by_slug(viewer, slug, Permission.REVIEW_ANSWERS)


def submission_door(viewer: Viewer, submission_id) -> Submission:
    """One submission, still sealed; NotFound where its organisation's answers are not the viewer's to read."""
    rows = Submission.objects.select_related("organisation", "form", "form_version", "device", "account", "round")
    found = rows.defer("form_version__xform", "form_version__source", "form_version__sheets").filter(pk=submission_id)
    row = found.first()
    if row is None:
        raise NotFound(NOT_HERE)
    review_door(viewer, row.organisation_id)
    return row


def answered_forms(viewer: Viewer, organisation) -> list[Form]:
    """The forms used in an organisation, each with `.came` (how many answers), `.waiting` for review, by title."""
    review_door(viewer, organisation.pk)
    counts = Submission.objects.filter(organisation=organisation, test=False).values("form_id").order_by()
    told = {
        row["form_id"]: row
        for row in counts.annotate(came=Count("pk"), waiting=Count("pk", filter=Q(state=SubmissionState.RECEIVED)))
    }
    forms = list(Form.objects.filter(used_in(organisation, viewer) | Q(pk__in=told)).distinct())
    for form in forms:
        row = told.get(form.pk, {})
        form.came, form.waiting = row.get("came", 0), row.get("waiting", 0)
    return forms


def submissions(viewer: Viewer, organisation, form, asked: Asked = Asked()) -> Page:
    """A page of an organisation's answers to one form; four queries, however many there are."""
    review_door(viewer, organisation.pk)
    rows = Submission.objects.filter(organisation=organisation, form=form, test=asked.trials)
    if asked.state in set(SubmissionState):
        rows = rows.filter(state=asked.state)
    if asked.flagged:
        rows = rows.exclude(flags=[])
    if asked.waiting:
        rows = rows.filter(complete=False)
    if after := _place(asked.after):
        rows = rows.filter(pk__lt=after)
    rows = rows.defer(*_HEAVY).select_related("device", "account", "form_version").defer(
        "form_version__xform", "form_version__source", "form_version__sheets", "form_version__questions", *_HEAVY
    )  # fmt: skip
    comments = SubmissionComment.objects.filter(submission=OuterRef("pk"))
    found = list(rows.annotate(commented=Exists(comments)).order_by("-pk")[: PAGE + 1])
    return Page(found[:PAGE], _word(found[PAGE - 1].pk) if len(found) > PAGE else "")


def _word(pk) -> str:
    return base64.urlsafe_b64encode(pk.bytes).rstrip(b"=").decode()


def _place(word):
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(word + "==")) if word else None
    except (ValueError, binascii.Error):
        return None


def form_of(viewer: Viewer, organisation, form_id) -> Form:
    """A form that an organisation uses, or has answers of."""
    review_door(viewer, organisation.pk)
    mine = Submission.objects.filter(organisation=organisation, form=OuterRef("pk"))
    form = Form.objects.filter(used_in(organisation, viewer) | Q(Exists(mine)), pk=form_id).first()
    if form is None:
        raise NotFound(NOT_HERE)
    return form


def phones_of(viewer: Viewer, organisation) -> list[CollectDevice]:
    """The phones that send to an organisation, for who reviews; one's own for who only collects; newest first."""
    from duga.members.queries import may, require

    require(viewer, Permission.COLLECT_ANSWERS, of=organisation)
    rows = CollectDevice.objects.filter(organisation=organisation).select_related("account", "trial__form")
    if not may(viewer, Permission.REVIEW_ANSWERS, of=organisation):
        rows = rows.filter(account_id=viewer.account_id)
    return list(rows.defer("digest", "trial__xform", "trial__source", "trial__sheets", "trial__questions")[:500])
