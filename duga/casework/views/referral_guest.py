"""The page behind a referral's link: no account, no script, any browser. Link and code open it, neither alone."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from duga.casework.actions import referrals as actions
from duga.casework.forms.referrals import AskForm, CodeForm, EndForm, RejectForm
from duga.casework.queries import referrals as found
from duga.casework.views.referral_words import referral_words
from duga.members.rules import VISITOR
from duga.ui.fields import said

OVER = 404  #: one answer for a link that never was, is over, was revoked or locked


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request, token):
    """First the code; then what was told and the answer to it."""
    form, answered, refused = CodeForm(request.POST or None), False, ""
    guest = found.guest_by_token(token)
    page = actions.GuestPage(over=guest is None)
    if request.method == "POST" and guest is not None and form.is_valid():
        here = {"by": VISITOR, "token": token, "code": form.cleaned_data["code"]}
        if request.POST.get("answer") == "ask":
            asked = {"ask": request.POST.getlist("ask")[:20], "text": request.POST.get("text", "")[:1001]}
            given = actions.ask_as_guest(**here, **asked)
            page, refused = given.page, said(given.refused) if given.refused else ""
        elif request.POST.get("answer"):
            given = actions.answer_as_guest(**here, **_answer(request.POST))
            page, refused = given.page, said(given.refused) if given.refused else ""
            answered = page.row is not None and not refused
        else:
            page = actions.open_as_guest(**here)
    context = {
        "page": page, "form": CodeForm() if page.wrong else form, "answered": answered, "refused": refused,
        "reject": RejectForm(), "end": EndForm(), "ask": AskForm(), "asking": request.POST.get("answer") == "ask",
        "from": _sender(guest),
        "words": referral_words(page) if page.row else None,
    }  # fmt: skip
    return _untraced(render(request, "casework/referrals/guest.html", context, status=OVER if page.over else 200))


def _answer(post) -> dict:
    return {name: post.get(name, "")[:1000] for name in ("answer", "reason", "outcome", "text")}


def _sender(guest) -> str:
    """Who sent it, before the code: not where that alone tells what it is about."""
    if guest is None:
        return ""
    programme = guest.referral.person.programme
    return _("a member organisation") if programme and programme.sealed else guest.referral.organisation.name


def _untraced(response):
    """In no cache, no index; no other site is told where one came from. Not "no-referrer": with it a browser hides from
    us, too, where a form comes from, and the form is refused."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
