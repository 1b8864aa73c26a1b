"""The people of a place, their roles, and invitations to it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duga.members import actions, queries
from duga.members.forms import InviteForm, RoleForm
from duga.members.rules import ROLES, Role
from duga.members.views.doors import WORKSPACE, around, manages, place, posted_id, qr, refused, url
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.pages import staff


@staff
@require_GET
def people(request, kind, slug):
    """Who works here, as what."""
    of = place(request, kind, slug, manages(kind))
    page = queries.people_of(request.viewer, of, page=request.GET.get("page"))
    for person in page:
        person.words = ", ".join(_(ROLES[held.role].label) for held in person.roles)
        person.url = reverse(f"{kind}_person", args=[of.slug, person.account.pk])
    context = around(request, kind, of, "team", _("People and roles"))
    return render(request, "members/people.html", context | {"page": page, "invite_url": url(kind, "invitations", of)})


@staff
@require_http_methods(["GET", "POST"])
def person(request, kind, slug, account_id):
    """One person's roles here; letting her in again."""
    of = place(request, kind, slug, manages(kind))
    account = queries.account_for(request.viewer, account_id, of)
    has = {held.role for held in queries.roles_of(request.viewer, of, account)}
    roles = [role for role in queries.roles_to_give(request.viewer, of) if role not in has]
    form = RoleForm(request.POST if request.POST.get("do") == "give" else None, roles=roles)
    link = ""
    status = 200
    if request.method == "POST":
        try:
            answer = _done(request, kind, of, account, form)
        except Refused as error:
            messages.error(request, said(error))
            status = 422
        else:
            if not isinstance(answer, str):
                return answer
            link = answer
    context = around(request, kind, of, "team", account.name) | _person(request, of, account) | {"form": form}
    if link:
        context |= {"link": link, "qr": qr(link)}
    return render(request, "members/person.html", context, status=status)


def _person(request, of, account):
    held = queries.roles_of(request.viewer, of, account)
    return {
        "account": account,
        "roles": [(each, *queries.role_words(each.role)) for each in held],
        "may_recover": queries.may_recover(request.viewer, account),
    }


def _done(request, kind, of, account, form):
    """What a button of the person's page does: an answer, or the recovery link to show."""
    do, by = request.POST.get("do"), request.viewer
    if do == "give" and form.is_valid():
        actions.give_role(by=by, account=account, role=Role(form.cleaned_data["role"]), of=of)
        messages.success(request, _("The role was given."))
    elif do == "take":
        actions.take_role(by=by, grant_id=posted_id(request, "grant"), of=of)
        messages.success(request, _("The role was taken."))
        if not queries.roles_of(by, of, account):
            return redirect(url(kind, "team", of) if account.pk != by.account_id else WORKSPACE)
    elif do == "recover":
        token = actions.make_recovery_link(by=by, account=account)[1]
        return request.build_absolute_uri(reverse("recovery", args=[token]))
    elif do == "second_factor":
        actions.reset_second_factor(by=by, account=account)
        messages.success(request, _("The second factor was removed. They set up a new one when they sign in."))
    return redirect(f"{kind}_person", of.slug, account.pk)


@staff
@require_http_methods(["GET", "POST"])
def invitations(request, kind, slug):
    """Invitations to a place, and the form for a new one."""
    of = place(request, kind, slug)
    page = queries.invitations_of(request.viewer, of, page=request.GET.get("page"))
    roles = queries.roles_to_give(request.viewer, of, unkept=queries.is_unkept(of))
    form = InviteForm(request.POST or None, roles=roles)
    for invitation in page:
        invitation.role_name = _(ROLES[Role(invitation.role)].label)
    context = around(request, kind, of, "invitations", _("Invitations")) | {"page": page, "form": form, "roles": roles}
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.invite(
                by=request.viewer, of=of, **form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
            )
        except Refused as error:
            return refused(request, "members/invitations.html", context, form, error)
        return redirect("invitation_link", invitation_id=made.pk)
    return render(request, "members/invitations.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def invitation_link(request, invitation_id):
    """One invitation: its link to copy or print, renewing and withdrawing it."""
    invitation = queries.invitation_by_id(request.viewer, invitation_id)
    of = queries.place_of(invitation)
    kind = "organisation" if invitation.organisation_id else "network"
    if request.method == "POST":
        try:
            if request.POST.get("do") == "renew":
                actions.renew_invitation(by=request.viewer, invitation_id=invitation.pk)
                messages.success(request, _("There is a new link; the old one opens nothing any more."))
            elif request.POST.get("do") == "revoke":
                actions.revoke_invitation(by=request.viewer, invitation_id=invitation.pk)
                messages.success(request, _("The invitation was withdrawn."))
                return redirect(url(kind, "invitations", of))
        except Refused as error:
            messages.error(request, said(error))
        return redirect("invitation_link", invitation_id=invitation.pk)
    token = queries.invitation_token(request.viewer, invitation)
    link = request.build_absolute_uri(reverse("invitation", args=[token])) if token else ""
    context = around(request, kind, of, "invitations", _("Invitation")) | {
        "invitation": invitation, "link": link, "qr": qr(link) if link else "",
        "role_name": _(ROLES[Role(invitation.role)].label),
    }  # fmt: skip
    return render(request, "members/invitation_link.html", context)
