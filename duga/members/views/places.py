"""Organisations and networks: profile and members, standing, trail."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duga.members import actions, queries
from duga.members.forms import JoinForm, OrganisationForm, ProfileForm, StandingForm
from duga.members.rules import (
    MEMBER_STATUS_LABELS,
    MEMBER_TRANSITIONS,
    ROLES,
    STANDING_SET_BY,
    MemberStatus,
    Permission,
    Role,
    Scope,
    event_words,
)
from duga.members.views.doors import WORKSPACE, around, place, refused, url
from duga.plain.errors import NotFound, Refused
from duga.ui.fields import said
from duga.ui.html import Cell
from duga.ui.pages import ask_if_sure, staff

P = Permission
MANY = 10  #: organisations, from which on a search is offered
BADGES = {"member": "good", "applicant": "accent", "suspended": "warn", "left": "plain"}


@staff
@require_GET
def organisations(request):
    """The organisations and networks one may open; straight in where there is only one."""
    viewer, text = request.viewer, request.GET.get("q", "")
    mine, networks = queries.organisations_of(viewer), queries.networks_of(viewer)
    if len(mine) == 1 and not networks:
        return redirect("organisation", mine[0].slug)
    countries, total = _countries(), len(mine)
    page = queries.named(mine, text, page=request.GET.get("page"))
    rows = [
        [Cell(each.name, url=reverse("organisation", args=[each.slug])), each.town, countries.get(each.country, "")]
        for each in page
    ]
    context = {
        "title": _("Members") if networks else _("Organisations"), "rows": rows, "networks": networks, "page": page,
        "q": text, "many": total > MANY, "add_to": queries.networks_of(viewer, P.MANAGE_NETWORK),
    }  # fmt: skip
    context["columns"] = [_("Organisation"), _("Town"), _("Country")]
    context["crumbs"] = [(_("Workspace"), WORKSPACE), (context["title"], "")]
    return render(request, "members/organisations.html", context)


def _countries():
    """{code: name} in the reader's language."""
    return dict(queries.country_choices(get_language() or "en"))


@staff
@require_GET
def organisation(request, slug):
    """An organisation's profile: what is public about it, its standings, who looks after it."""
    of = place(request, "organisation", slug)
    viewer = request.viewer
    history = queries.standing_over_time(viewer, of)
    manages = queries.can_manage(viewer, of)
    appoints, keepers = queries.may(viewer, P.MANAGE_NETWORK, of), queries.keepers_of(viewer, of)
    context = around(request, "organisation", of, "", of.name) | {
        "country": _countries().get(of.country, of.country),
        "standings": [(row, _(MEMBER_STATUS_LABELS[row.status]), BADGES[row.status]) for row in history],
        "now": [row for row in history if row.until is None and row.status != MemberStatus.LEFT],
        "keepers": keepers,
        "may_change": manages or appoints,
        "unkept": appoints and queries.is_unkept(of),
        "may_look_after": appoints and not keepers,  # an invitation may wait: its link can be printed again
        "may_leave": manages,
        "join": JoinForm(networks=queries.networks_to_join(viewer, of)) if manages else None,
    }
    return render(request, "members/organisation.html", context)


@staff
@require_http_methods(["GET", "POST"])
def organisation_change(request, slug):
    """Name, town and website of an organisation."""
    of = place(request, "organisation", slug)
    if not queries.can_manage(request.viewer, of):
        queries.require(request.viewer, P.MANAGE_NETWORK, of)
    initial = {"name": of.name, "town": of.town, "website": of.website}
    form = ProfileForm(request.POST or None, initial=initial)
    context = around(request, "organisation", of, "change", _("Change the profile")) | {"form": form}
    context["lede"], context["action"] = "", _("Save")
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_organisation(by=request.viewer, organisation=of, **form.cleaned_data)
        except Refused as error:
            return refused(request, "members/form.html", context, form, error)
        messages.success(request, _("Saved."))
        return redirect(url("organisation", "", of))
    return render(request, "members/form.html", context, status=422 if form.errors else 200)


@staff
@require_POST
def organisation_join(request, slug):
    """An organisation asks to join a network, or leaves one."""
    of = place(request, "organisation", slug, P.MANAGE_ORGANISATION)
    network = queries.network_to_join(request.POST.get("network", ""))
    if network is None:
        raise NotFound(queries.NOT_HERE)
    leaves = request.POST.get("do") == "leave"
    if leaves and "sure" not in request.POST:
        return _ask_leave(request, of, network)
    status = MemberStatus.LEFT if leaves else MemberStatus.APPLICANT
    try:
        actions.change_standing(
            by=request.viewer, organisation=of, network=network, status=status, reason=request.POST.get("reason", "")
        )
    except Refused as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("The organisation has left.") if leaves else _("The network was asked."))
    return redirect(url("organisation", "", of))


def _ask_leave(request, of, network):
    number = queries.people_of(request.viewer, of).paginator.count
    told = [
        _("Who works for %(network)s will not see %(organisation)s any more, unless it stands in another network of "
          "theirs.") % {"network": network.name, "organisation": of.name},
        _("All that was recorded stays. People with an account who go on working here: %(number)s.")
        % {"number": number},
        _("Coming back means asking to join, and the network decides."),
    ]  # fmt: skip
    heading = _("Leave %(network)s") % {"network": network.name}
    back = url("organisation", "", of)
    return ask_if_sure(request, heading=heading, told=told, action=_("Leave the network"), back=back)


@staff
@require_GET
def network(request, slug):
    """A network's members and their standing."""
    of = place(request, "network", slug)
    viewer, status, text = request.viewer, request.GET.get("status", ""), request.GET.get("q", "")
    page = queries.members_of(viewer, of, status=status, text=text, page=request.GET.get("page"))
    manages = queries.may(viewer, P.MANAGE_NETWORK, of)
    rows = [_member(row, manages) for row in page]
    columns = [
        _("Organisation"),
        _("Town"),
        _("Network"),
        _("Standing"),
        _("Since"),
        *([_("Change")] if manages else []),
    ]
    numbers = queries.member_numbers(viewer, of)
    context = around(request, "network", of, "", of.name) | {
        "columns": columns, "rows": rows, "page": page, "q": text, "status": status, "manages": manages,
        "numbers": [(key, _(MEMBER_STATUS_LABELS[key]), number) for key, number in numbers.items()],
        "children": queries.children_of(viewer, of), "keepers": queries.keepers_of(viewer, of),
    }  # fmt: skip
    return render(request, "members/network.html", context)


def _member(row, manages):
    """A row of the table of members; managers get the way to change the standing."""
    cells = [
        Cell(row.organisation.name, url=reverse("organisation", args=[row.organisation.slug])),
        row.organisation.town,
        row.network.name,
        Cell(_(MEMBER_STATUS_LABELS[row.status]), badge=BADGES[row.status]),
        date_format(row.since, "j. n. Y."),
    ]
    if manages:
        change = reverse("network_standing", args=[row.network.slug, row.organisation.slug])
        cells.append(Cell(_("Change"), url=change))
    return cells


@staff
@require_http_methods(["GET", "POST"])
def organisation_new(request, slug):
    """A new organisation in a network, and the invitation of its first coordinator."""
    of = place(request, "network", slug, P.MANAGE_NETWORK)
    form = OrganisationForm(request.POST or None, country=of.country)
    context = around(request, "network", of, "new", _("A new organisation")) | {"form": form}
    context["lede"] = _("It gets a workspace and a key of its own. Its first coordinator is invited to run it.")
    context["action"] = _("Create and invite")
    if request.method == "POST" and form.is_valid():
        try:
            made, invitation = actions.welcome_organisation(by=request.viewer, network=of, **form.cleaned_data)
        except Refused as error:
            return refused(request, "members/form.html", context, form, error)
        messages.success(request, _("%(name)s is in. Now hand over the invitation.") % {"name": made.name})
        return redirect("invitation_link", invitation_id=invitation.pk)
    return render(request, "members/form.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def network_standing(request, slug, organisation):
    """Admits, suspends, readmits an organisation, or lets it leave."""
    of = place(request, "network", slug, P.MANAGE_NETWORK)
    member = place(request, "organisation", organisation)
    now = queries.standing(member, of)
    steps = MEMBER_TRANSITIONS[MemberStatus(now.status) if now else None]
    steps = [status for status in MemberStatus if status in steps and Scope.NETWORK in STANDING_SET_BY[status]]
    form = StandingForm(request.POST or None, statuses=steps)
    context = around(request, "network", of, "standing", member.name) | {
        "form": form,
        "action": _("Change the standing"),
    }
    context["lede"] = _("Today: %(status)s.") % {"status": _(MEMBER_STATUS_LABELS[now.status]) if now else "–"}
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_standing(by=request.viewer, organisation=member, network=of, **form.cleaned_data)
        except Refused as error:
            return refused(request, "members/form.html", context, form, error)
        messages.success(request, _("The standing was changed, and the organisation told."))
        return redirect(url("network", "", of))
    return render(request, "members/form.html", context, status=422 if form.errors else 200)


@staff
@require_GET
def trail(request, kind, slug):
    """Who did what, newest first."""
    of = place(request, kind, slug, P.SEE_TRAIL)
    page = queries.trail(
        request.viewer, of, page=request.GET.get("page"), event=request.GET.get("event", ""),
        subject_id=request.GET.get("subject", ""),
    )  # fmt: skip
    for entry in page:
        role = entry.detail.get("role")
        entry.words = _(event_words(entry.event))
        entry.role = _(ROLES[role].label) if role in set(Role) else ""
    return render(request, "members/trail.html", around(request, kind, of, "trail", _("Trail")) | {"page": page})
