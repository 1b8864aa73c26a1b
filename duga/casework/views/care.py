"""What is opened or done with care: special categories, notes, sealing, erasing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import actions, queries
from duga.casework.forms.care import SealForm, SpecialForm
from duga.casework.forms.people import ReasonForm
from duga.casework.views.shown import entry_row
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.ui.pages import staff, status, try_


def _page(request, template, person, form, title, **more):
    context = {
        "person": person,
        "form": form,
        "crumbs": [(person.code, reverse("casework:person", kwargs={"person_id": person.pk})), (title, "")],
        **more,
    }
    return render(request, template, context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def special(request, person_id):
    """Health, ethnicity, disability, legal status, violence: opened by those who follow her, each time on the trail."""
    person = queries.person(request.viewer, person_id)
    known = actions.open_special(by=request.viewer, person_id=person_id)
    form = SpecialForm(request.POST or None, initial={**known, "version": person.version})
    if form.is_bound and form.is_valid():
        _person, done = try_(
            form, actions.update_person, by=request.viewer, person_id=person_id,
            version=form.cleaned_data["version"], special=form.special(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:person", person_id=person_id)
    return _page(request, "casework/special.html", person, form, _("Sensitive facts"))


@staff
@require_http_methods(["GET", "POST"])
def seal(request, person_id):
    """Moves a person under the seal of a programme; for workers named for it."""
    person = queries.person(request.viewer, person_id)
    organisation = organisation_by_id(request.viewer, person.organisation_id, Permission.ADD_PEOPLE)
    form = SealForm(request.POST or None, programmes=queries.programmes(request.viewer, organisation))
    if form.is_bound and form.is_valid():
        _person, done = try_(
            form,
            actions.seal_person,
            by=request.viewer,
            person_id=person_id,
            programme_id=form.cleaned_data["programme"],
        )
        if done:
            messages.success(request, _("She stands under seal now, with a new case code."))
            return redirect("casework:person", person_id=person_id)
    return _page(request, "casework/seal.html", person, form, _("Seal"))


@staff
@require_http_methods(["GET", "POST"])
def erase(request, person_id):
    """Erases a person for good, when she asks for it or nothing more may be kept."""
    person = queries.person(request.viewer, person_id)
    organisation_by_id(request.viewer, person.organisation_id, Permission.SEE_PEOPLE)
    if not (
        person.programme and person.programme.sealed
    ):  # under a seal its named workers decide, and the action checks
        organisation_by_id(request.viewer, person.organisation_id, Permission.ERASE_PEOPLE)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        certificate, done = try_(
            form, actions.erase_person, by=request.viewer, person_id=person_id, reason=form.cleaned_data["reason"]
        )
        if done:
            messages.success(
                request, _("Erased: nobody can read her data any more, here or in any backup after 30 days.")
            )
            return redirect("casework:certificate", certificate_id=certificate.pk)
    return _page(request, "casework/erase.html", person, form, _("Erase"))


@staff
@require_safe
def note(request, assistance_id):
    """The note of an entry, opened; the trail says so."""
    text = actions.open_note(by=request.viewer, assistance_id=assistance_id)
    entry = queries.entry(request.viewer, assistance_id)
    context = {
        "row": entry_row(entry),
        "entry": entry,
        "text": text,
        "crumbs": [
            (_("Recorded"), reverse("casework:recorded", kwargs={"assistance_id": assistance_id})), (_("Note"), ""),
        ],
    }  # fmt: skip
    return render(request, "casework/note.html", context)
