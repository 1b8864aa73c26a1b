"""One thing of a service at a time, on a phone: hours and closures, texts in another language, recordings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.directory import actions, queries
from duga.directory.forms.keeping import (
    ClosureForm,
    HoursForm,
    LocationForm,
    SoundForm,
    TextsForm,
    language_choices,
    shown_hours,
)
from duga.directory.forms.more import MoreForm
from duga.directory.forms.words import row_words
from duga.directory.queries.recordings import kept_recording, path_of, recordings_of_terms, spoken
from duga.directory.rules.recordings import MOST
from duga.directory.rules.terms import term_label, terms
from duga.directory.rules.texts import TRANSLATED, mark
from duga.members.queries import networks_of
from duga.members.rules import Permission
from duga.plain.errors import NotAllowed, Refused, gettext_noop
from duga.ui.fields import said
from duga.ui.pages import id_of, staff, status, try_


def _crumbs(request, service, here):
    """The service as it is kept leads back for who keeps it; for who only proposes there is no such page."""
    ours = queries.may_update(request.viewer, service.provider)
    return [(service.name, reverse("directory:offer", args=[service.pk]) if ours else ""), (here, "")]


def _write(request, service, changes, form=None):
    """Writes what its keeper says, proposes what somebody else does; whether it was done, told to the reader."""
    own = queries.may_edit(request.viewer, service.provider)
    act = actions.change_service if own else actions.propose
    told = {"by": request.viewer, "service_id": service.pk, "changes": changes}
    if form is not None:
        done = try_(form, act, **told)[1]
    else:
        try:
            act(**told)
            done = True
        except Refused as error:
            messages.error(request, said(error))
            done = False
    if done:
        messages.success(request, _("Saved.") if own else _("Thank you. Its coordinator decides."))
    return done


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def times(request, service_id):
    """When a service is open, line by line, and on which days it is closed."""
    service = queries.service_to_propose(request.viewer, service_id)
    offer = queries.offer_of(service)
    today, wanted = timezone.localdate().isoformat(), request.POST.get("do", "")
    rows = {row["id"]: row for row in offer["schedules"]}
    shown = shown_hours(rows[request.GET["row"]]) if request.GET.get("row") in rows else None
    languages = [row["code"] for row in offer["languages"] if row["code"]]
    places = [(row["id"], row_words("locations", row)) for row in offer["locations"]]
    data = request.POST if wanted == "hours" else None
    hours = HoursForm(data, initial=shown, spoken=languages, places=places)
    closure = ClosureForm(request.POST if wanted == "closure" else None)
    if request.method == "POST" and _changed_times(request, service, offer, hours, closure):
        return redirect("directory:times", service_id=service.pk)
    closures = [row for row in offer["closures"] if row["last_day"] >= today]
    context = {
        "service": service, "hours": hours, "closure": closure, "changes": bool(shown), "today": today,
        "several": len(places) > 1 or any(row["at"] for row in offer["schedules"]),
        "own": queries.may_edit(request.viewer, service.provider),
        "ours": queries.may_update(request.viewer, service.provider),
        "lines": [
            {"id": row["id"], "words": row_words("schedules", row), "plain": shown_hours(row) is not None}
            for row in offer["schedules"]
        ],
        "closures": [{"id": row["id"], "words": row_words("closures", row)} for row in closures],
        "crumbs": _crumbs(request, service, _("When it is open")),
    }  # fmt: skip
    code = max(status(hours), status(closure))
    return render(request, "directory/keep/times.html", context, status=code)


def _changed_times(request, service, offer, hours, closure):
    """Does what was tapped; whether it was done."""
    post = request.POST
    wanted, row = post.get("do", ""), post.get("row", "")
    stay = {
        name: [{"id": each["id"]} for each in offer[name] if each["id"] != row] for name in ("schedules", "closures")
    }
    if wanted == "hours":
        return hours.is_valid() and _write(request, service, {"schedules": [*stay["schedules"], hours.told()]}, hours)
    if wanted == "closure":
        if not closure.is_valid():
            return False
        told = closure.cleaned_data
        days = {"first_day": told["first_day"].isoformat(), "reason": told["reason"]}
        days["last_day"] = (told["last_day"] or told["first_day"]).isoformat()
        return _write(request, service, {"closures": [*stay["closures"], days]}, closure)
    if wanted == "today":
        day = {"first_day": timezone.localdate().isoformat()}
        _write(request, service, {"closures": [*stay["closures"], day]})
    elif wanted in ("no_hours", "no_closure"):
        name = {"no_hours": "schedules", "no_closure": "closures"}[wanted]
        _write(request, service, {name: stay[name]})
    return True


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def where(request, service_id):
    """The places where a service is offered: one line each, one more, or one that another of their services has."""
    service = queries.service_to_propose(request.viewer, service_id)
    rows, wanted = queries.offer_of(service)["locations"], request.POST.get("do", "")
    shown = next((row | {"row": row["id"]} for row in rows if row["id"] == request.GET.get("row")), None)
    form = LocationForm(request.POST if wanted == "place" else None, initial=shown)
    row = request.POST.get("row", "")
    stay = [{"id": each["id"]} for each in rows if each["id"] != row]
    if request.method == "POST":
        if wanted == "place":
            done = form.is_valid() and _write(request, service, {"locations": [*stay, form.told()]}, form)
        else:  # "also": another service's place; "leave": this one goes
            kept = [*stay, {"id": row}] if wanted == "also" else stay
            _write(request, service, {"locations": kept})
            done = True
        if done:
            return redirect("directory:where", service_id=service.pk)
    context = {
        "service": service, "form": form, "changes": bool(shown),
        "own": queries.may_edit(request.viewer, service.provider),
        "ours": queries.may_update(request.viewer, service.provider),
        "lines": [{"id": each["id"], "words": row_words("locations", each)} for each in rows],
        "others": [
            {"id": each["id"], "words": row_words("locations", each)} for each in queries.other_places(service)
        ],
        "crumbs": _crumbs(request, service, _("Where it is")),
    }  # fmt: skip
    return render(request, "directory/keep/where.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request, service_id):
    """The texts of a service in one language after another, and spoken."""
    service = queries.service_to_edit(request.viewer, service_id)
    languages = language_choices()
    wanted = request.GET.get("language", "")
    language = wanted if wanted in dict(languages) else ""
    kept, sounds = queries.translations_of("service", service.pk), spoken(service)
    told = {name: getattr(service, name) for name in TRANSLATED["service"]}
    initial = {name: versions[language].text for name, versions in kept.items() if language in versions}
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TextsForm(*data, initial=initial, told=told, original=language == service.language)
    if request.method == "POST" and language:
        if request.POST.get("do") == "silence":
            actions.remove_recording(by=request.viewer, recording_id=id_of(request.POST.get("recording")))
            return redirect(request.get_full_path())
        if form.is_valid() and _kept_texts(request, service, language, form):
            messages.success(request, _("Saved."))
            return redirect(request.get_full_path())
    context = {
        "service": service, "language": language, "name": dict(languages).get(language, ""), "form": form,
        "languages": [
            {"code": code, "name": name, "texts": sum(code in versions for versions in kept.values()),
             "sounds": sum(each[1] == code for each in sounds), "original": code == service.language}
            for code, name in languages
        ],
        "fields": [_field(form, name, told, kept, sounds, language) for name in form.told if told[name]],
        "crumbs": _crumbs(request, service, _("In other languages")),
    }  # fmt: skip
    return render(request, "directory/keep/texts.html", context, status=status(form))


def _field(form, name, told, kept, sounds, language):
    version, (recording, older) = kept.get(name, {}).get(language), sounds.get((name, language), (None, False))
    return {
        "bound": form[name] if name in form.fields else None, "original": told[name],
        "sound": form[f"sound_{name}"] if f"sound_{name}" in form.fields else None,
        "older": bool(version and version.of != mark(told[name])), "machine": bool(version and version.machine),
        "recording": recording, "spoken_older": older,
    }  # fmt: skip


def _kept_texts(request, service, language, form):
    told = {"by": request.viewer, "language": language}
    if form.texts():
        arguments = {**told, "entity": "service", "record_id": service.pk, "texts": form.texts()}
        if not try_(form, actions.translate, **arguments)[1]:
            return False
    return all(
        try_(form, actions.record_text, **told, service_id=service.pk, field=name, data=data)[1]
        for name, data in form.sounds().items()
    )


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def spoken_needs(request):
    """What people need, spoken in a language: for readers who choose by ear."""
    if not networks_of(request.viewer, Permission.CURATE_DIRECTORY):
        raise NotAllowed(gettext_noop("Your role does not allow this. Ask your organisation's coordinator."))
    languages = language_choices()
    wanted = request.GET.get("language", "")
    language = wanted if wanted in dict(languages) else ""
    form = SoundForm(request.POST, request.FILES) if request.method == "POST" else SoundForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["sound"].read(MOST + 1)
        told = {"key": "needs", "code": form.cleaned_data["code"], "language": language, "data": data}
        if try_(form, actions.record_term, by=request.viewer, **told)[1]:
            messages.success(request, _("Saved."))
            return redirect(request.get_full_path())
    sounds = recordings_of_terms("needs", language) if language else {}
    reader = get_language() or "en"
    rows = [
        {"code": term.code, "name": term_label("needs", term.code, reader), "recording": sounds.get(term.code),
         "form": SoundForm(initial={"code": term.code}, prefix=None, auto_id=f"id_{term.code}_%s")}
        for term in terms("needs")
    ]  # fmt: skip
    context = {
        "rows": rows, "languages": languages, "language": language, "form": form,
        "crumbs": [(_("Directory"), reverse("directory:providers")), (_("Needs, spoken"), "")],
    }  # fmt: skip
    return render(request, "directory/keep/spoken.html", context, status=status(form))


@staff
@require_safe
def recording(request, recording_id):
    """A recording, for who keeps it to listen to."""
    row = kept_recording(request.viewer, recording_id)
    return HttpResponse(path_of(row).read_bytes(), content_type=row.media_type)  # 2 MB at most


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def more(request, service_id):
    """Papers, areas, costs, interpreters, accessibility, whom to ask."""
    service = queries.service_to_propose(request.viewer, service_id)
    own = queries.may_edit(request.viewer, service.provider)
    form = MoreForm(queries.offer_of(service), request.POST or None, country=service.country, own=own)
    if request.method == "POST" and form.is_valid() and _write(request, service, form.changes(), form):
        return redirect("directory:more", service_id=service.pk)
    context = {
        "service": service, "form": form, "own": own, "ours": queries.may_update(request.viewer, service.provider),
        "crumbs": _crumbs(request, service, _("Papers, costs, area")),
    }  # fmt: skip
    return render(request, "directory/keep/more.html", context, status=status(form))
