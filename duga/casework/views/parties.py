"""Who lives in a household, who travels together."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.casework.forms.parties import JoinForm, PartyChangeForm, PartyForm, RoleForm
from duga.casework.forms.people import FindForm
from duga.casework.rules import LEFT_LABELS, PARTY_LABELS
from duga.casework.views._help import keep_search, kept_search, said_after
from duga.casework.views.shown import where
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.places import queries as places
from duga.ui.pages import id_of, staff, status, try_


def _look(request, organisation):
    """(form, people found or None) of a search for somebody to write in; a redirect where one was just typed."""
    text, found = kept_search(request), None
    form = FindForm(request.POST if "q" in request.POST else None, initial={"q": text})
    if form.is_bound and form.is_valid():
        return keep_search(request, form.cleaned_data["q"]), None
    if text:
        found = actions.find_people(by=request.viewer, organisation_id=organisation.pk, text=text)
    return form, found


def _role(row) -> str:
    return places.label("household_roles", row.role, get_language() or "en")


def _names(request, organisation, rows):
    """{person id: name} of those written down, opened in one go."""
    ids = [row.person_id for row in rows if row.person_id]
    return actions.open_names(by=request.viewer, organisation_id=organisation.pk, person_ids=ids, why="household")


@staff
@require_http_methods(["GET", "POST"])
def household_members(request, household_id):
    """Who lives in a household, in which role."""
    viewer = request.viewer
    home = queries.household(viewer, household_id)
    organisation = organisation_by_id(viewer, home.organisation_id, Permission.ADD_PEOPLE)
    look, found = _look(request, organisation)
    if hasattr(look, "status_code"):
        return look
    if request.POST.get("end"):
        actions.end_household_member(by=viewer, member_id=id_of(request.POST["end"]))
        return redirect(request.get_full_path())
    form = RoleForm(request.POST if "role" in request.POST else None)
    if form.is_bound and form.is_valid():
        person = id_of(request.POST["person"]) if request.POST.get("person") else None
        _row, done = try_(
            form, actions.add_household_member, by=viewer, household_id=household_id, person_id=person,
            **form.cleaned_data,
        )  # fmt: skip
        if done:
            return redirect("casework:household_members", household_id=household_id)
    rows = queries.household_members(viewer, household_id, past=True)
    names = _names(request, organisation, rows)
    context = {
        "organisation": organisation, "home": home, "form": form, "look": look, "found": found,
        "rows": [(row, names.get(row.person_id, ""), _role(row)) for row in rows],
        "known": sum(row.until is None for row in rows),
        "may_follow": may(viewer, Permission.FOLLOW_CASES, of=organisation),
        "crumbs": [(organisation.name, ""), (home.code, ""), (_("Who lives here"), "")],
    }  # fmt: skip
    return render(request, "casework/parties/household.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def parties(request, slug):
    """The travelling parties an organisation met, and a new one."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.ADD_PEOPLE)
    form = PartyForm(request.POST or None, country=organisation.country, initial={"since": timezone.localdate()})
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        area = data.pop("area")
        row, done = try_(
            form, actions.start_party, by=viewer, organisation_id=organisation.pk, area_id=area.pk if area else None,
            **data,
        )  # fmt: skip
        if done:
            return redirect("casework:party", party_id=row.pk)
    page = queries.parties(viewer, organisation, page=request.GET.get("page", 1))
    context = {
        "organisation": organisation, "form": form, "page": page,
        "rows": [(row, _(PARTY_LABELS[row.state]), where("", row.area)) for row in page],
        "crumbs": [(organisation.name, ""), (_("Travelling parties"), "")],
    }  # fmt: skip
    return render(request, "casework/parties/parties.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def party(request, party_id):
    """A travelling party: who is in it, who joined and left; old phone first."""
    viewer = request.viewer
    found = queries.party(viewer, party_id)
    organisation = organisation_by_id(viewer, found.organisation_id, Permission.ADD_PEOPLE)
    look, people = _look(request, organisation)
    if hasattr(look, "status_code"):
        return look
    if request.POST.get("why"):
        return _leaving(request, found)
    join = JoinForm(request.POST if "role" in request.POST else None)
    change = PartyChangeForm(
        request.POST if "version" in request.POST else None, country=organisation.country, now=found.state,
        initial={name: getattr(found, name) for name in ("size", "size_qualifier", "area", "state", "version")},
    )  # fmt: skip
    done = False
    if join.is_bound and join.is_valid():
        person = id_of(request.POST["person"]) if request.POST.get("person") else None
        _row, done = try_(join, actions.join_party, by=viewer, party_id=party_id, person_id=person, **join.cleaned_data)
    elif change.is_bound and change.is_valid():
        data = dict(change.cleaned_data)
        area = data.pop("area")
        _row, done = try_(
            change, actions.change_party, by=viewer, party_id=party_id, area_id=area.pk if area else None, **data
        )
    if done:
        messages.success(request, _("Saved."))
        return redirect("casework:party", party_id=party_id)
    rows = queries.party_members(viewer, party_id, past=True)
    names = _names(request, organisation, rows)
    told = [(row, names.get(row.person_id, ""), _role(row), _(LEFT_LABELS[row.why]) if row.why else "") for row in rows]
    context = {
        "organisation": organisation, "party": found, "look": look, "found": people, "join": join, "change": change,
        "state": _(PARTY_LABELS[found.state]), "where": where("", found.area),
        "inside": [each for each in told if each[0].left is None], "left": [each for each in told if each[0].left],
        "lost": any(row.why == "lost_one_another" for row in rows) or found.state == "lost_sight",
        "may_follow": may(viewer, Permission.FOLLOW_CASES, of=organisation),
        "crumbs": [
            (_("Travelling parties"), reverse("casework:parties", kwargs={"slug": organisation.slug})),
            (found.code, ""),
        ],
    }  # fmt: skip
    bound = join if join.is_bound else change
    return render(request, "casework/parties/party.html", context, status=status(bound))


def _leaving(request, found):
    """People leave, or go on by themselves; a refusal is said on the page."""
    members = [id_of(text) for text in request.POST.getlist("member")]
    told = {"by": request.viewer, "party_id": found.pk, "member_ids": members}
    if request.POST["why"] == "split":
        part, done = said_after(request, actions.split_party, _("They go on as a party of their own."), **told)
        return redirect("casework:party", party_id=part.pk if done else found.pk)
    said_after(request, actions.leave_party, _("Saved."), **told, why=request.POST["why"])
    return redirect("casework:party", party_id=found.pk)
