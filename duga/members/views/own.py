"""One's own account and notices; an administrator's hour."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.members import actions, queries
from duga.members.forms import AccountForm, AdministratorForm
from duga.members.rules import ROLES, needs_second_factor
from duga.members.views.doors import WORKSPACE, posted_id, refused
from duga.plain.errors import Refused
from duga.ui.pages import staff


@staff
@require_http_methods(["GET", "POST"])
def account(request):
    """Name and language, roles, and the ways to password, second factor and sessions."""
    viewer = request.viewer
    own = queries.own_account(viewer)
    form = AccountForm(request.POST or None, initial={"name": own.name, "language": own.language})
    context = {
        "form": form, "account": own, "title": _("Your account"),
        "crumbs": [(_("Workspace"), WORKSPACE), (_("Your account"), "")],
        "roles": [(_(ROLES[role].label), _(ROLES[role].sentence), place) for role, place in queries.own_roles(viewer)],
        "has_second_factor": queries.has_second_factor(viewer),
        "needs_second_factor": needs_second_factor(viewer), "asked": settings.REQUIRE_TOTP,
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            own = actions.change_own_account(by=viewer, **form.cleaned_data)
        except Refused as error:
            return refused(request, "members/account.html", context, form, error)
        messages.success(request, _("Saved."))
        answer = redirect("account")
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, own.language, max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        )  # fmt: skip
        return answer
    return render(request, "members/account.html", context, status=422 if form.errors else 200)


@staff
@require_http_methods(["GET", "POST"])
def notices(request):
    """What the house tells this person."""
    if request.method == "POST":
        actions.mark_notices_read(by=request.viewer)
        return redirect("notices")
    title = _("Notices")
    context = {"title": title, "crumbs": [(_("Workspace"), WORKSPACE), (title, "")]}
    context["page"] = queries.notices_of(request.viewer, page=request.GET.get("page"))
    context["unread"] = queries.unread_notices(request.viewer)
    return render(request, "members/notices.html", context)


@staff
@require_http_methods(["GET", "POST"])
def administration(request):
    """An administrator opens or ends a session in one organisation or network."""
    networks, organisations = queries.administrable(request.viewer)
    starts = request.POST.get("do") == "start"
    form = AdministratorForm(request.POST if starts else None, networks=networks, organisations=organisations)
    context = {"form": form, "title": _("Administration"), "sessions": request.viewer.sessions}
    context["crumbs"] = [(_("Workspace"), WORKSPACE), (_("Administration"), "")]
    if request.method == "POST" and not starts:
        actions.end_administrator_session(by=request.viewer, session_id=posted_id(request, "session"))
        messages.success(request, _("Your session is over."))
        return redirect("administration")
    if form.is_bound and form.is_valid():
        kind, _colon, id_ = form.cleaned_data["place"].partition(":")
        of = next(each for each in (networks if kind == "network" else organisations) if str(each.pk) == id_)
        try:
            actions.start_administrator_session(by=request.viewer, of=of, reason=form.cleaned_data["reason"])
        except Refused as error:
            return refused(request, "members/administration.html", context, form, error)
        messages.success(request, _("The session is open for an hour at most. The coordinators were told."))
        return redirect(kind, of.slug)
    return render(request, "members/administration.html", context, status=422 if form.errors else 200)
