"""Rounds of asking: those of an organisation or a network, a new one, one with how far it is."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.members.queries import network_by_slug, organisation_by_slug
from duga.members.rules import Permission
from duga.places.queries import area_name, areas_by_ids
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.actions import asking as actions
from duga.surveys.forms.rounds import AssignForm, RoundForm
from duga.surveys.queries.asking import rounds as queries
from duga.ui.pages import ask_if_sure, id_of, staff, status, try_


@staff
@require_safe
def organisation(request, slug):
    """The rounds an organisation asks in."""
    return _list(request, organisation_by_slug(request.viewer, slug), "surveys:round_new")


@staff
@require_safe
def network(request, slug):
    """The rounds of a network."""
    return _list(request, network_by_slug(request.viewer, slug, Permission.DESIGN_FORMS), "surveys:network_round_new")


def _list(request, owner, new_url):
    context = {
        "owner": owner, "rounds": queries.rounds_of(request.viewer, owner), "today": timezone.localdate(),
        "new_url": reverse(new_url, args=[owner.slug]) if queries.may_plan(request.viewer, owner) else "",
    }  # fmt: skip
    return render(request, "surveys/asking/rounds.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, slug):
    """A new round of an organisation."""
    return _new(request, organisation_by_slug(request.viewer, slug), "surveys:rounds")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def network_new(request, slug):
    """A new round of a network."""
    owner = network_by_slug(request.viewer, slug, Permission.DESIGN_FORMS)
    return _new(request, owner, "surveys:network_rounds")


def _new(request, owner, listed):
    if not queries.may_plan(request.viewer, owner):
        raise NotFound(NOT_HERE)
    forms = queries.forms_to_ask_with(owner)
    chosen = next((each for each in forms if str(each.pk) == request.GET.get("form")), None)
    crumbs = [(_("Rounds"), reverse(listed, args=[owner.slug])), (_("New round"), "")]
    context = {"owner": owner, "forms": forms, "form": chosen, "crumbs": crumbs, "heading": _("New round")}
    if chosen is None:
        return render(request, "surveys/asking/plan.html", context)
    plan = RoundForm(request.POST or None, languages=queries.newest(chosen).languages)
    if plan.is_valid():
        given = {"by": request.viewer, "owner": owner, "form_id": chosen.pk, **plan.plan()}
        made, done = try_(plan, actions.plan_round, **given)
        if done:
            return redirect("surveys:round", made.pk)
    return render(request, "surveys/asking/plan.html", context | {"plan": plan}, status=status(plan))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, round_id):
    """A round's plan, to be changed."""
    found = queries.round_by_id(request.viewer, round_id, plan=True)
    names = ("title", "opens_on", "closes_on", "remind_days", "sample_plan")
    initial = {name: getattr(found, name) for name in names} | {"targets": _targets(found)}
    initial |= {f"consent_{code}": text for code, text in found.consent.items()}
    plan = RoundForm(request.POST or None, languages=queries.newest(found.form).languages, initial=initial)
    if plan.is_valid() and try_(plan, actions.change_round, by=request.viewer, round_id=round_id, **plan.plan())[1]:
        messages.success(request, _("Saved."))
        return redirect("surveys:round", round_id)
    context = {
        "owner": found.organisation or found.network, "form": found.form, "plan": plan, "heading": found.title,
        "crumbs": [(found.title, reverse("surveys:round", args=[round_id])), (_("Change the plan"), "")],
    }  # fmt: skip
    return render(request, "surveys/asking/plan.html", context, status=status(plan))


def _targets(found) -> str:
    language = get_language() or "en"
    names = {str(area.pk): area_name(area, language) for area in areas_by_ids([each for each in found.targets if each])}
    return "\n".join(f"{names.get(key, '')}: {n}" if key else str(n) for key, n in found.targets.items())


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, round_id):
    """One round: its plan, how far it is, who asks; assigned, taken back, closed here."""
    found = queries.round_by_id(request.viewer, round_id)
    here = reverse("surveys:round", args=[round_id])
    if "back" in request.POST:
        actions.take_back(by=request.viewer, assignment_id=id_of(request.POST["back"]))
        return redirect(here)
    if request.POST.get("do") == "close":
        return _close(request, found, here)
    organisations, people = queries.may_be_asked(request.viewer, found)
    assign = AssignForm(request.POST or None, organisations=organisations, people=people)
    if assign.is_valid() and _assigned(request, found, assign):
        return redirect(here)
    owner = found.organisation or found.network
    listed = reverse("surveys:rounds" if found.organisation_id else "surveys:network_rounds", args=[owner.slug])
    plans = queries.may_plan(request.viewer, owner)
    told = queries.progress(request.viewer, found, get_language() or "en")
    context = {
        "round": found, "owner": owner, "plans": plans, "assign": assign if organisations else None,
        "assignments": queries.assignments_of(request.viewer, found), "links_in": queries.inside(request.viewer, found),
        "whole": told.whole,
        "tables": [
            (_("By area"), told.areas), (_("By organisation"), told.organisations), (_("By person"), told.workers)
        ],
        "crumbs": [(_("Rounds"), listed if plans else ""), (found.title, "")],
    }  # fmt: skip
    return render(request, "surveys/asking/round.html", context, status=status(assign))


def _assigned(request, found, assign) -> bool:
    organisation_id, _space, account_id = assign.cleaned_data["who"].partition(" ")
    return try_(
        assign, actions.assign, by=request.viewer, round_id=found.pk, organisation_id=id_of(organisation_id),
        account_id=id_of(account_id) if account_id else None, area=assign.cleaned_data["area"],
        target=assign.cleaned_data["target"],
    )[1]  # fmt: skip


def _close(request, found, here):
    if not request.POST.get("sure"):
        return ask_if_sure(
            request, heading=_("Close this round?"), action=_("Close the round"), back=here,
            told=[_("Its links open nothing any more. What came stays.")],
        )  # fmt: skip
    actions.close_round(by=request.viewer, round_id=found.pk)
    messages.success(request, _("The round is closed."))
    return redirect(here)
