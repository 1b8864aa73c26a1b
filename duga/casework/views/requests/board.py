"""The call centre: the board, the call as it is taken, calls to make, the day's picture."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.requests import BoardForm, RequestForm
from duga.casework.rules import OPEN_STATES, REQUEST_LABELS
from duga.casework.views._help import rows
from duga.casework.views.requests.shown import board_rows, span, word
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import Permission
from duga.places.queries import area_name
from duga.ui.pages import id_of, staff, status, try_


def _of(request, slug, permission=Permission.RECORD_ASSISTANCE):
    return organisation_by_slug(request.viewer, slug, permission)


def desk(request, organisation, here) -> dict:
    """What every screen of the call centre shows above: the organisation, the tabs, what is due to be called."""
    slug = {"slug": organisation.slug}
    tabs = [
        (_("Board"), reverse("casework:requests", kwargs=slug), here == "board"),
        (_("New request"), reverse("casework:request_new", kwargs=slug), here == "new"),
        (_("Calls to make"), reverse("casework:request_calls", kwargs=slug), here == "calls"),
        (_("My work"), reverse("casework:work", kwargs=slug), here == "work"),
        (_("The day"), reverse("casework:request_day", kwargs=slug), here == "day"),
    ]
    if may(request.viewer, Permission.ASSIGN_WORK, of=organisation):
        tabs.append((_("Agreed visits"), reverse("casework:visits", kwargs=slug), here == "visits"))
        tabs.append((_("Who is told"), reverse("casework:escalation", kwargs=slug), here == "escalation"))
    return {"organisation": organisation, "tabs": tabs, "crumbs": [(organisation.name, ""), (_("Requests"), "")]}


@staff
@require_safe
def board(request, slug):
    """What is open, what is due first standing first."""
    organisation = _of(request, slug)
    form = BoardForm(request.GET or None, places=queries.board_places(request.viewer, organisation))
    form.is_valid()
    page = queries.board(request.viewer, organisation, form.filter(), request.GET.get("page"))
    counts = queries.board_counts(request.viewer, organisation)
    here = reverse("casework:requests", kwargs={"slug": organisation.slug})
    context = desk(request, organisation, "board") | {
        "form": form,
        "filtered": any(form.data.get(name) for name in form.fields) if form.is_bound else False,
        "page": page,
        "rows": board_rows(page.object_list),
        "counts": counts,
        "states": [(_(REQUEST_LABELS[state]), counts.get(state, 0), f"{here}?state={state}") for state in OPEN_STATES],
        "here": here,
    }
    return render(request, "casework/requests/board.html", context)


@staff
@require_http_methods(["GET", "POST"])
def new(request, slug):
    """Take a call down. Half of it is kept; the same phone, or the same person, shows what was asked already."""
    organisation, viewer = _of(request, slug), request.viewer
    options = {"country": organisation.country, "programmes": queries.programmes(viewer, organisation)}
    form = RequestForm(request.POST or None, initial=_begun(request, organisation), **options)
    if "keep" in request.POST:
        _keep(request, organisation)
        messages.success(request, _("Kept. It waits for you here, and nobody else sees it."))
        return redirect("casework:request_new", slug=slug)
    alike = []
    if form.is_bound and form.is_valid():
        taken, alike = _take(request, organisation, form)
        if taken is not None:
            messages.success(request, _("Taken down. Code: %(code)s") % {"code": taken.code})
            return redirect("casework:request", request_id=taken.pk)
    context = desk(request, organisation, "new") | {
        "form": form,
        "caller": rows(form, RequestForm.CALLER),
        "first": rows(form, RequestForm.FIRST),
        "more": rows(form, RequestForm.MORE),
        "alike": board_rows(alike),
        "drafts": queries.drafts(viewer, organisation),
    }
    return render(request, "casework/requests/new.html", context, status=422 if alike else status(form))


def _begun(request, organisation) -> dict:
    """What the form begins with: a draft, or the person from whose page one came."""
    if request.GET.get("draft"):
        kept = actions.open_draft(by=request.viewer, organisation_id=organisation.pk, draft_id=_id(request, "draft"))
        return kept | {"draft": request.GET["draft"]}
    return {"person": queries.person(request.viewer, _id(request, "person")).code} if request.GET.get("person") else {}


def _id(request, name):
    return id_of(request.GET.get(name) or request.POST.get(name))


def _take(request, organisation, form):
    """(the request taken, what the same caller asked already, where that must be looked at first)."""
    viewer, told = request.viewer, form.told()
    person_id, found = person_of(form, viewer, organisation)
    if not found:
        return None, []
    if not form.cleaned_data["new"]:
        alike = queries.same_caller(
            viewer, organisation, phone=told["caller"]["phone"], person_id=person_id, but=told["draft_id"]
        )
        if alike:
            form.data = form.data.copy()
            form.data["new"] = "on"
            return None, alike
    taken, done = try_(
        form, actions.take_request, by=viewer, organisation_id=organisation.pk, person_id=person_id,
        assessed="assessed" in request.POST, **told,
    )  # fmt: skip
    return (taken if done else None), []


def person_of(form, viewer, organisation):
    """(the id behind the case code that was typed or None, whether it was understood)."""
    if not form.cleaned_data.get("person"):
        return None, True
    return try_(form, queries.person_id_by_code, viewer=viewer, organisation=organisation,
                code=form.cleaned_data["person"])  # fmt: skip


def _keep(request, organisation):
    names = set(RequestForm.base_fields) - {"once", "new", "draft"}
    return actions.keep_draft(
        by=request.viewer, organisation_id=organisation.pk, fields={n: request.POST.get(n, "") for n in names},
        draft_id=_id(request, "draft") if request.POST.get("draft") else None,
    )  # fmt: skip


@staff
@require_POST
def keep(request, slug):
    """Keeps a half-typed request at every pause; answers with its id."""
    return JsonResponse({"draft": str(_keep(request, _of(request, slug)).pk)})


@staff
@require_POST
def drop(request, slug, draft_id):
    """Throws a half-typed request away."""
    organisation = _of(request, slug)
    actions.drop_draft(by=request.viewer, organisation_id=organisation.pk, draft_id=draft_id)
    return redirect("casework:request_new", slug=slug)


@staff
@require_POST
def same(request, slug):
    """What the same phone asked already, for under the field in which it is typed. By POST: no phone in an address."""
    organisation = _of(request, slug)
    found = queries.same_caller(request.viewer, organisation, phone=request.POST.get("caller_phone", ""))
    return render(request, "casework/requests/_same.html", {"alike": board_rows(found)})


@staff
@require_safe
def calls(request, slug):
    """Calls to make, those due first."""
    organisation = _of(request, slug)
    due, later = queries.callbacks(request.viewer, organisation)
    context = desk(request, organisation, "calls") | {"due": board_rows(due), "later": board_rows(later)}
    return render(request, "casework/requests/calls.html", context)


@staff
@require_safe
def day(request, slug):
    """How the day stands; the organisation's own workload, nothing of sealed programmes."""
    organisation = _of(request, slug)
    picture = queries.daily_picture(request.viewer, organisation)
    language = request.LANGUAGE_CODE
    needs = [(word("needs", line.key, language) or "–", line) for line in picture.by_need]
    areas = [(area_name(line.key, language) if line.key else _("unknown"), line) for line in picture.by_area]
    table = [
        [name, line.open, line.late, span(picture.at - line.oldest) if line.oldest else "–"] for name, line in needs
    ]
    where = [
        [name, line.open, line.late, span(picture.at - line.oldest) if line.oldest else "–"] for name, line in areas
    ]
    context = desk(request, organisation, "day") | {
        "picture": picture,
        "columns": ["", _("Open now"), _("Late"), _("The oldest waits")],
        "needs": table,
        "areas": where,
        "states": [[_(REQUEST_LABELS[state]), picture.by_state.get(state, 0)] for state in OPEN_STATES],
        "on_time": None if picture.on_time is None else round(100 * picture.on_time),
    }
    return render(request, "casework/requests/day.html", context)
