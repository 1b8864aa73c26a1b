"""The ways in without an account: accepting an invitation, a recovery link, forgetting a password."""

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from duga.members import actions, queries
from duga.members.adapters import sign_in
from duga.members.forms import AcceptForm, RecoveryForm
from duga.members.rules import VISITOR
from duga.members.views.doors import WORKSPACE, refused
from duga.plain.errors import Refused


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    """What one is invited to; accepting it with the account one has, or with a new one."""
    waiting = queries.invitation_by_token(token)
    viewer = request.viewer
    label, sentence = queries.role_words(waiting.role)
    context = {
        "title": _("Invitation"), "invitation": waiting, "of": queries.place_of(waiting), "role": _(label),
        "sentence": _(sentence), "by": waiting.invited_by,
        "wrong": bool(viewer.account_id and waiting.email and waiting.email != viewer.email.lower()),
        "known": not viewer.account_id and queries.invited_is_known(waiting),
    }  # fmt: skip
    initial = {"name": waiting.name, "language": get_language()}
    form = AcceptForm(None if viewer.account_id else request.POST or None, email=waiting.email, initial=initial)
    context["form"] = form
    if request.method == "POST" and (viewer.account_id or form.is_valid()):
        try:
            given = {} if viewer.account_id else form.cleaned_data
            account = actions.accept_invitation(by=viewer if viewer.account_id else VISITOR, token=token, **given)
        except Refused as error:
            return refused(request, "members/invitation.html", context, form, error)
        messages.success(request, _("Welcome to %(place)s.") % {"place": context["of"].name})
        return redirect(WORKSPACE) if viewer.account_id else sign_in(request, account)
    return render(request, "members/invitation.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def recovery(request, token):
    """A new password with a link that a coordinator made. The second factor is asked for as ever."""
    link = queries.recovery_by_token(token)
    form = RecoveryForm(request.POST or None)
    context = {"form": form, "title": _("A new password"), "account": link.account}
    if request.method == "POST" and form.is_valid():
        try:
            actions.use_recovery_link(by=VISITOR, token=token, password=form.cleaned_data["password"])
        except Refused as error:
            return refused(request, "members/recovery.html", context, form, error)
        messages.success(request, _("Your new password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "members/recovery.html", context, status=422 if form.errors else 200)


def forgotten(request):
    """A forgotten password: by mail where there is mail, else a coordinator helps."""
    if settings.HAS_MAIL:
        return allauth_views.password_reset(request)
    return render(request, "members/forgotten.html", {"title": _("Forgotten password")})
