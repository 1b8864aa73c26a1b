"""Feedback: the public page and its answer, the paper, and the desk where it is answered."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework.actions import feedback as actions
from duga.casework.forms.feedback import PAPER_RATINGS, CodeForm, FeedbackForm
from duga.casework.forms.feedback_desk import AnswerForm, KeptFromForm, PartnerForm
from duga.casework.queries import feedback as found
from duga.casework.rules.feedback import (
    CHANNEL_LABELS,
    FEEDBACK_STATE_LABELS,
    KIND_LABELS,
    KIND_NAMES,
    NO_SUCH_CODE,
    FeedbackChannel,
    FeedbackKind,
    FeedbackState,
)
from duga.casework.views._help import said_after
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import VISITOR, Permission
from duga.ui.pages import staff, status, try_

FOLDER = "casework/feedback/"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, slug):
    """Anybody tells an organisation how its work was; nobody is asked who they are."""
    organisation = found.feedback_page(slug)
    form = FeedbackForm(
        request.POST or None, services=found.feedback_services(organisation), initial={"language": get_language()}
    )
    code = ""
    if form.is_bound and form.is_valid():
        code, _done = try_(form, actions.receive_feedback, by=VISITOR, organisation=organisation, **form.told())
    context = {"organisation": organisation, "form": form, "code": code}
    return _untraced(render(request, f"{FOLDER}page.html", context, status=status(form)))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request):
    """The answer, for who has the code. It comes by POST: in no address, no history, no log."""
    form, told = CodeForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        told = actions.look_at_answer(by=VISITOR, code=form.cleaned_data["code"])
        if told is None:
            form.add_error("code", _(NO_SUCH_CODE))
    context = {"form": form, "told": told, "state": _(FEEDBACK_STATE_LABELS[told.state]) if told else ""}
    return _untraced(render(request, f"{FOLDER}answer.html", context, status=status(form)))


def _untraced(response):
    """In no cache and no index. Not "no-referrer": with it a browser hides from us, too, where a form comes from."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _crumbs(organisation, *more):
    return [(_("Feedback"), reverse("casework:feedback", args=[organisation.slug])), *more]


@staff
@require_safe
def inbox(request, slug):
    """What people wrote, the first due first, and the organisation's own counts."""
    organisation = found.feedback_desk(request.viewer, slug)
    now = timezone.now()
    rows = [
        {"row": row, "kind": _(KIND_NAMES[row.kind]), "state": _(FEEDBACK_STATE_LABELS[row.state]),
         "channel": _(CHANNEL_LABELS[row.channel]), "late": _waits(row) and now > row.due_at, "waits": _waits(row)}
        for row in found.feedback_inbox(request.viewer, organisation)
    ]  # fmt: skip
    counts = [(_(KIND_NAMES[each.kind]), each) for each in found.feedback_counts(request.viewer, organisation)]
    context = {
        "organisation": organisation, "rows": rows, "counts": counts, "crumbs": [(_("Feedback"), "")],
        "listed": bool(found.feedback_services(organisation)),
        "types": may(request.viewer, Permission.RECORD_ASSISTANCE, of=organisation),
        "leads": may(request.viewer, Permission.MANAGE_ORGANISATION, of=organisation),
    }  # fmt: skip
    return render(request, f"{FOLDER}inbox.html", context)


def _waits(row) -> bool:
    return row.state in (FeedbackState.RECEIVED, FeedbackState.LOOKED_INTO)


@staff
@require_safe
def one(request, feedback_id):
    """One message, opened: what it says, and what may be done."""
    opened = actions.open_feedback(by=request.viewer, feedback_id=feedback_id)
    row = opened.row
    kept = KeptFromForm(
        colleagues=sorted(found.colleagues(row.organisation_id).items(), key=lambda pair: pair[1]),
        initial={"accounts": [str(each) for each in row.kept_from.values_list("account_id", flat=True)]},
    )
    context = {
        "row": row, "told": opened.told, "answer": opened.answer, "kind": _(KIND_NAMES[row.kind]),
        "state": _(FEEDBACK_STATE_LABELS[row.state]), "channel": _(CHANNEL_LABELS[row.channel]),
        "closed": row.state == FeedbackState.CLOSED, "form": AnswerForm(), "kept": kept,
        "sensitive": row.kind == FeedbackKind.SENSITIVE, "crumbs": _crumbs(row.organisation, (_("One message"), "")),
        "closable": row.state == FeedbackState.ANSWERED or row.kind in (FeedbackKind.PRAISE, FeedbackKind.SUGGESTION),
    }  # fmt: skip
    return render(request, f"{FOLDER}one.html", context)


@staff
@require_POST
def step(request, feedback_id):
    """Looks into a message, answers, closes it, routes it apart, keeps it from somebody."""
    row = found.feedback(request.viewer, feedback_id)
    what, here = request.POST.get("do", ""), {"by": request.viewer, "feedback_id": row.pk}
    version = request.POST.get("version", "")
    here["version"] = int(version) if version.isdecimal() and len(version) < 9 else 0
    if what in (FeedbackState.LOOKED_INTO, FeedbackState.ANSWERED, FeedbackState.CLOSED):
        here |= {"to": what, "text": request.POST.get("text", "")}
        said_after(request, actions.step_feedback, _("Saved."), **here)
    elif what == "apart":
        said_after(request, actions.route_apart, _("It is a sensitive complaint now: few see it."), **here)
    elif what == "kept":
        here["account_ids"] = request.POST.getlist("accounts")[:200]
        said_after(request, actions.keep_feedback_from, _("Saved."), **here)
    else:
        raise Http404
    return redirect("casework:feedback", slug=row.organisation.slug)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request, slug):
    """A worker types in what stands on a paper form; who wrote it is not asked."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    form = FeedbackForm(
        request.POST or None, services=found.feedback_services(organisation), initial={"language": get_language()}
    )
    code = ""
    if form.is_bound and form.is_valid():
        told = form.told() | {"channel": FeedbackChannel.PAPER}
        code, _done = try_(form, actions.receive_feedback, by=request.viewer, organisation=organisation, **told)
    context = {"organisation": organisation, "form": form, "code": code, "crumbs": [(_("Feedback on paper"), "")]}
    return render(request, f"{FOLDER}paper.html", context, status=status(form))


@staff
@require_safe
def form(request, slug):
    """The form on paper, in large letters, in the language of who will write on it."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    code = request.GET.get("language", "")
    code = code if code in dict(settings.LANGUAGES) else get_language()
    context = {
        "organisation": organisation, "printed": _printed(organisation, code), "language": code,
        "languages": [(each, get_language_info(each)["name_local"]) for each, _name in settings.LANGUAGES],
        "crumbs": [(_("Form to print"), "")],
    }  # fmt: skip
    return render(request, f"{FOLDER}form.html", context)


def _printed(organisation, code):
    with override(code):
        told = {
            "organisation": organisation, "kinds": [_(text) for text in KIND_LABELS.values()], "lines": range(9),
            "ratings": PAPER_RATINGS, "language": code, "rtl": get_language_bidi(),
        }  # fmt: skip
        return render_to_string(f"{FOLDER}printed.html", told)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def cooperation(request, slug):
    """A coordinator tells another member organisation how working together went, and reads what it answered."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.MANAGE_ORGANISATION)
    form = PartnerForm(request.POST or None, partners=found.feedback_partners(request.viewer, organisation))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data | {"language": get_language()}
        _row, done = try_(form, actions.tell_partner, by=request.viewer, organisation_id=organisation.pk, **told)
        if done:
            messages.success(request, _("Sent. Their answer will stand here."))
            return redirect("casework:feedback_cooperation", slug=slug)
    given = [
        {"told": each, "kind": _(KIND_NAMES[each.row.kind]), "state": _(FEEDBACK_STATE_LABELS[each.row.state])}
        for each in actions.answers_to(by=request.viewer, organisation_id=organisation.pk)
    ]
    context = {"form": form, "given": given, "crumbs": _crumbs(organisation, (_("Working together"), ""))}
    return render(request, f"{FOLDER}cooperation.html", context, status=status(form))
