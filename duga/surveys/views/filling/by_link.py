"""A form behind a link: nobody signs in, nobody is asked who they are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.plain.errors import Refused
from duga.surveys.actions.asking import send_by_link
from duga.surveys.queries.asking import asked
from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import check_door, plain_questions
from duga.surveys.views.filling._help import consent_in, engine_runs, file_of, sent, show_form, xform_of
from duga.surveys.views.filling.without_scripts import PlainForm
from duga.ui.fields import said


def _untraced(answer: HttpResponse) -> HttpResponse:
    """The address opens the form: it is told to no other site."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _open(token):
    found = asked(token)
    check_door(found.door, timezone.now())
    return found


def _shown_consent(request):
    """The version of the consent that the page showed, if it said so."""
    told = request.GET.get("consent", "")  # never of the body: it is read as it streams in
    return int(told) if told.isdecimal() and len(told) < 9 else None


def _gone(request, error):
    return _untraced(
        render(request, "surveys/filling/gone.html", {"title": _("This form"), "told": said(error)}, status=410)
    )


@never_cache
@engine_runs
@require_safe
def page(request, token):
    """The form, to be filled in."""
    try:
        found = _open(token)
    except Refused as error:
        return _gone(request, error)

    def at(door, **more):
        return reverse(f"surveys:link_{door}", kwargs={"token": token, **more})

    text, language = consent_in(found.round.consent if found.round else {})
    plain = at("plain") if plain_questions(found.version.questions) is not None else ""
    return _untraced(
        show_form(
            request, found.version, xform=at("xform"), files=at("file", name="-")[:-1], consent=text,
            send=at("send") + (f"?consent={found.round.consent_version}" if text else ""),
            consent_language=language, language=found.link.language, plain=plain,
            again=found.link.kind == LinkKind.OPEN,
        )
    )  # fmt: skip


@never_cache
@require_safe
def xform(request, token):
    """The form as the engine reads it."""
    return _untraced(xform_of(_open(token).version))


@never_cache
@require_safe
def file(request, token, name):
    """One of the form's pictures, sounds or lists."""
    return _untraced(file_of(_open(token).version, name))


@csrf_exempt  # the token in the address is all that lets in, and a browser sends it to no other site
@require_POST
@sent
def send(request, token):
    """Takes the answers."""
    shown = _shown_consent(request)

    def accept(xml, files):
        send_by_link(token=token, xml=xml, files=files, consent_version=shown)

    return asked(token).link.organisation_id, accept


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def plain(request, token):
    """The same form for a browser without scripts, where the form lets that be."""
    try:
        found = _open(token)
        form = PlainForm(
            found.version, request.POST or request.GET, consent_in(found.round.consent if found.round else {})[0]
        )
        if request.method == "POST" and form.is_right(request.POST):
            send_by_link(token=token, xml=form.xml, consent_version=_shown_consent(request))
            form.done = True
    except Refused as error:
        return _gone(request, error)
    status = 422 if form.wrong else 200
    context = form.context() | {"consent_version": found.round.consent_version if found.round else None}
    return _untraced(render(request, "surveys/filling/plain.html", context, status=status))
