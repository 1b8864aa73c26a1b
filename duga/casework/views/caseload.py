"""The caseload: whose cases, what is late, what is to be looked at; and what waits for a supervisor."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duga.casework import actions, queries
from duga.casework.forms.cases import CodeForm
from duga.casework.rules import APPROVE_LABELS, CASE_LABELS, needs_approval
from duga.casework.views._help import said_after
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import Permission
from duga.places import queries as places
from duga.plain.errors import NotFound
from duga.ui.pages import id_of, staff, status

WHOSE, DUE = ("mine", "team", "all"), ("", "overdue", "review")


def crumbs_of(organisation, *more):
    """The way to a page about cases."""
    return [
        (organisation.name, ""),
        (_("Cases"), reverse("casework:caseload", kwargs={"slug": organisation.slug})),
        *more,
    ]  # fmt: skip


def subject_code(case) -> str:
    """Whom a case is about, without a name."""
    if case.person_id:
        return case.person.code
    if case.household_id:
        return _("%(code)s, household of %(size)s") % {"code": case.household.code, "size": case.household.size}
    return _("%(code)s, party of %(size)s") % {"code": case.party.code, "size": case.party.size}


def case_row(case, names=None) -> dict:
    """One case of a list in words."""
    return {
        "case": case, "about": subject_code(case), "state": _(CASE_LABELS[case.state]),
        "name": (names or {}).get(case.person_id, ""), "late": getattr(case, "late", 0) or 0,
        "due": getattr(case, "next_due", None),
        "review": case.review_on is not None and case.review_on <= timezone.localdate(),
    }  # fmt: skip


def _one_of(value, known):
    return value if value in known else known[0]


@staff
@require_http_methods(["GET", "POST"])
def caseload(request, slug):
    """Mine, the team's, everybody's; late, to be looked at. Codes; names are opened for the page in one go."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.SEE_PEOPLE)
    numbers = queries.case_numbers(viewer, organisation)
    usual = "mine" if numbers["mine"] else "all"  # a supervisor leads none: she begins with everybody's
    asked = {"whose": _one_of(request.GET.get("whose", usual), WHOSE), "due": _one_of(request.GET.get("due"), DUE)}
    asked["state"] = "closed" if request.GET.get("state") == "closed" else ""
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("casework:case", case_id=queries.case_id_by_code(
                viewer, organisation, form.cleaned_data["code"]
            ))  # fmt: skip
        except NotFound:
            form.add_error("code", _("No case that you may see bears this code."))
    page = queries.caseload(viewer, organisation, page=request.GET.get("page", 1), **asked)
    names = {}
    if request.POST.get("names"):
        ids = [case.person_id for case in page if case.person_id]
        names = actions.open_names(by=viewer, organisation_id=organisation.pk, person_ids=ids, why="caseload")
    context = {
        "organisation": organisation, "page": page, "rows": [case_row(case, names) for case in page], "form": form,
        "named": bool(names), "numbers": numbers, "tabs": _tabs(asked),
        "may_approve": may(viewer, Permission.APPROVE_CASES, of=organisation),
        "crumbs": [(organisation.name, ""), (_("Cases"), "")],
    }  # fmt: skip
    return render(request, "casework/cases/caseload.html", context, status=status(form))


def _tabs(asked) -> list:
    rows = (
        (_("Mine"), {"whose": "mine"}), (_("The team's"), {"whose": "team"}), (_("All"), {"whose": "all"}),
        (_("Late"), {"whose": "team", "due": "overdue"}), (_("To look at"), {"whose": "team", "due": "review"}),
        (_("Closed"), {"whose": "team", "state": "closed"}),
    )  # fmt: skip
    empty = {"due": "", "state": ""}
    return [
        (label, "?" + "&".join(f"{name}={value}" for name, value in told.items()), {**empty, **told} == asked)
        for label, told in rows
    ]


@staff
@require_http_methods(["GET", "POST"])
def approvals(request, slug):
    """What waits for a supervisor's word; and, for who runs the organisation, where her word is asked for."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.APPROVE_CASES)
    if request.method == "POST":
        actions.set_closing_approval(
            by=viewer, programme_id=id_of(request.POST.get("programme")), wanted=request.POST.get("wanted") == "yes"
        )
        messages.success(request, _("Saved."))
        return redirect("casework:approvals", slug=slug)
    language = get_language() or "en"
    waiting = [
        {
            "row": row, "about": subject_code(row.case), "what": _(APPROVE_LABELS[row.what]),
            "own": row.asked_by_id == viewer.account_id,
            "asked": [places.label(name, row.asked[key], language) for name, key in
                      (("case_closures", "reason"), ("case_outcomes", "outcome")) if row.asked.get(key)],
        }
        for row in queries.approvals_waiting(viewer, organisation)
    ]  # fmt: skip
    programmes = []
    if may(viewer, Permission.MANAGE_ORGANISATION, of=organisation):
        views = queries.programmes_to_manage(viewer, organisation)
        programmes = [
            (view.programme, needs_approval(view.programme.kind, view.programme.closing_approved)) for view in views
        ]
    context = {
        "organisation": organisation, "waiting": waiting, "programmes": programmes,
        "crumbs": crumbs_of(organisation, (_("Approvals"), "")),
    }  # fmt: skip
    return render(request, "casework/cases/approvals.html", context)


@staff
@require_POST
def decide(request, approval_id):
    """A supervisor's yes, or her word why not."""
    found = queries.approval(request.viewer, approval_id)
    decision = _one_of(request.POST.get("decision"), _DECISIONS)
    said_after(
        request, actions.decide_approval, _("Decided. The one who asked is told."), by=request.viewer,
        approval_id=approval_id, decision=decision, word=request.POST.get("word", ""),
    )  # fmt: skip
    return redirect("casework:case", case_id=found.case_id)


_DECISIONS = ("returned", "approved")
