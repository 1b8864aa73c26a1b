"""Volunteers, as their coordinator keeps them: list, record, trainings, hours, phones and the printed card."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import actions, queries
from duga.casework.forms.volunteers import DAYS, EndForm, HoursForm, TrainingForm, VolunteerForm
from duga.casework.rules import VOLUNTEER_LABELS, VolunteerState
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.places import queries as places
from duga.plain.text import fold
from duga.ui.pages import id_of, staff, status, try_
from duga.ui.qr import qr_svg


def _words(list_name, codes) -> list[str]:
    language = get_language() or "en"
    return [places.label(list_name, code, language) for code in codes]


def _areas(volunteer):
    return [places.area_by_id(area_id) for area_id in volunteer.areas]


@staff
@require_safe
def volunteers(request, slug):
    """An organisation's volunteers by name, with hours and what runs out. Names leave one trail entry."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.ASSIGN_WORK)
    ended = bool(request.GET.get("ended"))
    lines = queries.volunteers(request.viewer, organisation, ended=ended)
    ids = [line.volunteer.pk for line in lines]
    names = (
        actions.open_volunteer_names(by=request.viewer, organisation_id=organisation.pk, volunteer_ids=ids)
        if ids
        else {}
    )
    told = {"name": "", "phone": ""}
    rows = [
        (line, names.get(line.volunteer.pk, told), _words("service_types", line.volunteer.skills)) for line in lines
    ]
    context = {
        "organisation": organisation,
        "rows": sorted(rows, key=lambda row: (fold(row[1]["name"]), row[0].volunteer.code)),
        "ended": ended,
        "paused": VolunteerState.PAUSED,
        "may_import": may(request.viewer, Permission.IMPORT_RECORDS, of=organisation),
        "crumbs": [(organisation.name, ""), (_("Volunteers"), "")],
    }
    return render(request, "casework/volunteers/volunteers.html", context)


@staff
@require_http_methods(["GET", "POST"])
def add(request, slug):
    """A new volunteer."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.ASSIGN_WORK)
    form = VolunteerForm(request.POST or None, country=organisation.country, initial={"since": timezone.localdate()})
    if form.is_bound and form.is_valid():
        made, done = try_(
            form, actions.add_volunteer, by=request.viewer, organisation_id=organisation.pk, **form.told()
        )
        if done:
            return redirect("casework:volunteer", volunteer_id=made.pk)
    return _form_page(request, organisation, form, _("Add a volunteer"))


@staff
@require_http_methods(["GET", "POST"])
def change(request, volunteer_id):
    """A volunteer's record, to change."""
    opened = actions.open_volunteer(by=request.viewer, volunteer_id=volunteer_id)
    row = opened.volunteer
    organisation = organisation_by_id(request.viewer, row.organisation_id)
    names = ("skills", "languages", "drives", "since", "insured_until")
    initial = {**opened.identity, **{name: getattr(row, name) for name in names}}
    initial["areas"] = ", ".join(area.name for area in _areas(row))
    for day, (begin, end) in row.available.items():
        initial[f"day{day}"] = f"{begin}-{end}"
    form = VolunteerForm(request.POST or None, country=organisation.country, initial=initial)
    if form.is_bound and form.is_valid():
        version = request.POST.get("version", "")
        told = {"by": request.viewer, "volunteer_id": volunteer_id, "version": version if version.isdecimal() else 0}
        if try_(form, actions.change_volunteer, **told, **form.told())[1]:
            messages.success(request, _("Saved."))
            return redirect("casework:volunteer", volunteer_id=volunteer_id)
    return _form_page(request, organisation, form, opened.identity["name"] or row.code, version=row.version)


def _form_page(request, organisation, form, heading, version=None):
    listed = reverse("casework:volunteers", kwargs={"slug": organisation.slug})
    context = {
        "organisation": organisation, "form": form, "heading": heading, "version": version,
        "crumbs": [(_("Volunteers"), listed), (heading, "")],
    }  # fmt: skip
    return render(request, "casework/volunteers/form.html", context, status=status(form))


#: What a button of the page does that has no form to fill in; each with the word of the button's value.
_TAKES = {
    "untrain": lambda by, pk: actions.take_training_back(by=by, training_id=pk),
    "unhours": lambda by, pk: actions.take_hours_back(by=by, hours_id=pk),
    "device": lambda by, pk: actions.end_device(by=by, access_id=pk),
}


@staff
@require_http_methods(["GET", "POST"])
def volunteer(request, volunteer_id):
    """A volunteer: who she is, trainings, hours, phones. Opening it leaves a trail entry."""
    queries.volunteer(request.viewer, volunteer_id)
    do = request.POST.get("do", "")
    once = {"once": uuid.uuid4().hex, "date": timezone.localdate(), "until": timezone.localdate()}
    kinds = {"train": TrainingForm, "hours": HoursForm, "end": EndForm}
    forms = {name: kind(request.POST if do == name else None, initial=once) for name, kind in kinds.items()}
    if do and _done(request, volunteer_id, do, forms.get(do)):
        messages.success(request, _("Saved."))
        return redirect("casework:volunteer", volunteer_id=volunteer_id)
    opened = actions.open_volunteer(by=request.viewer, volunteer_id=volunteer_id)
    row, by = opened.volunteer, request.viewer
    organisation = organisation_by_id(by, row.organisation_id)
    language = get_language() or "en"
    context = {
        "organisation": organisation,
        "volunteer": row,
        "identity": opened.identity,
        "line": queries.volunteer_line(by, volunteer_id),
        "state": _(VOLUNTEER_LABELS[row.state]),
        "skills": _words("service_types", row.skills),
        "languages": _words("languages", row.languages),
        "areas": [places.area_name(area, language) for area in _areas(row)],
        "week": [(DAYS[int(day)], *times) for day, times in row.available.items()],
        "trainings": queries.trainings_of(by, volunteer_id),
        "hours": [(each, *_words("service_types", [each.activity])) for each in queries.hours_of(by, volunteer_id)],
        "phones": queries.phones_of(by, volunteer_id),
        "do": do,
        **{f"{name}_form": form for name, form in forms.items()},
        "crumbs": [
            (_("Volunteers"), reverse("casework:volunteers", kwargs={"slug": organisation.slug})),
            (opened.identity["name"] or row.code, ""),
        ],
    }
    bound = forms.get(do)
    return render(request, "casework/volunteers/volunteer.html", context, status=status(bound) if bound else 200)


def _done(request, volunteer_id, do, form) -> bool:
    """Whether what was asked was done; a form that was refused bears the reason."""
    if do in _TAKES:
        _TAKES[do](request.viewer, id_of(request.POST.get("row")))
        return True
    if do in ("active", "paused"):
        actions.set_volunteer_state(by=request.viewer, volunteer_id=volunteer_id, state=do)
        return True
    if form is None or not form.is_valid():
        return False
    writes = {"train": actions.add_training, "hours": actions.record_hours, "end": actions.end_volunteer}
    return try_(form, writes[do], by=request.viewer, volunteer_id=volunteer_id, **form.cleaned_data)[1]


@staff
@require_http_methods(["GET", "POST"])
def card(request, volunteer_id):
    """A card to print, with a code that is told this once: a picture for the camera, and digits to type. Loaded again,
    it leads back to her, where a new one is made."""
    if request.method == "GET":
        queries.volunteer(request.viewer, volunteer_id)
        said = _("A card is shown once. Make a new one if it was lost: the old code then works no more.")
        messages.info(request, said)
        return redirect("casework:volunteer", volunteer_id=volunteer_id)
    row, code = actions.make_card(by=request.viewer, volunteer_id=volunteer_id)
    identity = actions.open_volunteer(by=request.viewer, volunteer_id=volunteer_id).identity
    organisation = organisation_by_id(request.viewer, row.volunteer.organisation_id)
    link = reverse("casework:phone_card", kwargs={"code": code})
    context = {
        "organisation": organisation,
        "volunteer": row.volunteer,
        "name": identity["name"],
        "code": code,
        "until": row.code_until,
        "address": request.build_absolute_uri(reverse("casework:phone")),
        "qr": qr_svg(request.build_absolute_uri(link), _("The card as a picture for a phone's camera")),
        "crumbs": [
            (_("Volunteers"), reverse("casework:volunteers", kwargs={"slug": organisation.slug})),
            (identity["name"], reverse("casework:volunteer", kwargs={"volunteer_id": volunteer_id})),
            (_("Card"), ""),
        ],
    }
    return render(request, "casework/volunteers/card.html", context)
