"""Recording without a name: groups, institutions; and what stands after recording."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import actions, queries
from duga.casework.forms.people import HouseholdForm, InstitutionForm, RecordForm, TallyForm
from duga.casework.views._help import first_guess, rows
from duga.casework.views.shown import entry_row
from duga.members.queries import organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import staff, status, try_


def _form(kind, request, organisation):
    usual = queries.usual(request.viewer, organisation)
    return kind(
        request.POST or None, initial=first_guess(usual), country=organisation.country,
        programmes=queries.programmes(request.viewer, organisation), usual=[usual.get("service_type")],
    )  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def tally(request, slug):
    """A group nobody names: 320 older people in 17 villages. Counted apart, never as different people."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    form = _form(TallyForm, request, organisation)
    if form.is_bound and form.is_valid():
        size = form.cleaned_data["size"]
        entry, done = try_(
            form, actions.record_tally, by=request.viewer, organisation_id=organisation.pk, size=int(size.value),
            size_qualifier=size.qualifier, **form.entry(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Recorded."))
            return redirect("casework:recorded", assistance_id=entry.pk)
    return _page(request, organisation, form, "casework/tally.html", _("A group"))


@staff
@require_http_methods(["GET", "POST"])
def institution(request, slug):
    """Something given to an institution."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    form = _form(InstitutionForm, request, organisation)
    if form.is_bound and form.is_valid():
        area = form.cleaned_data["area"]
        place, done = try_(
            form, actions.add_institution, by=request.viewer, organisation_id=organisation.pk,
            name=form.cleaned_data["institution"], area_id=area.pk if area else None,
        )  # fmt: skip
        if done:
            entry, done = try_(
                form, actions.record_assistance, by=request.viewer, organisation_id=organisation.pk,
                institution_id=place.pk, **form.entry(),
            )  # fmt: skip
        if done:
            messages.success(request, _("Recorded."))
            return redirect("casework:recorded", assistance_id=entry.pk)
    known = queries.institutions(request.viewer, organisation)
    return _page(request, organisation, form, "casework/institution.html", _("An institution"), known=known)


def _page(request, organisation, form, template, title, **more):
    context = {
        "organisation": organisation,
        "form": form,
        "first": rows(form, form.FIRST),
        "more": rows(form, form.MORE),
        "title": title,
        "crumbs": [(organisation.name, ""), (title, "")],
        **more,
    }
    return render(request, template, context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def household(request, person_id):
    """The household of a person, by its real size."""
    opened = actions.open_person(by=request.viewer, person_id=person_id)
    organisation = organisation_by_id(request.viewer, opened.organisation_id, Permission.ADD_PEOPLE)
    form = HouseholdForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _row, done = try_(
            form, actions.register_household, by=request.viewer, organisation_id=organisation.pk,
            size=form.cleaned_data["size"], head_id=person_id,
            area_id=opened.area.pk if opened.area else None,
            programme_id=opened.programme.pk if opened.programme else None,
        )  # fmt: skip
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:person", person_id=person_id)
    context = {"organisation": organisation, "person": opened, "form": form}
    return render(request, "casework/household.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def household_change(request, household_id):
    """Another size of a household: somebody was born, moved in or left. What was given before keeps its size."""
    viewer = request.viewer
    home = queries.household(viewer, household_id, Permission.ADD_PEOPLE)
    form = HouseholdForm(request.POST or None, initial={"size": home.size, "version": home.version})
    if form.is_bound and form.is_valid():
        _row, done = try_(
            form, actions.update_household, by=viewer, household_id=household_id, size=form.cleaned_data["size"],
            version=form.cleaned_data["version"] or home.version,
        )  # fmt: skip
        if done:
            messages.success(request, _("Saved."))
            if home.head_id:
                return redirect("casework:person", person_id=home.head_id)
            return redirect("casework:record_household", household_id=household_id)
    context = {"organisation": home.organisation, "person": home, "form": form, "changes": True}
    return render(request, "casework/household.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def for_household(request, household_id):
    """Record what a whole household received: one parcel for all of them."""
    home = queries.household(request.viewer, household_id)
    organisation = organisation_by_id(request.viewer, home.organisation_id, Permission.RECORD_ASSISTANCE)
    form = _form(RecordForm, request, organisation)
    if form.is_bound and form.is_valid():
        entry, done = try_(
            form, actions.record_assistance, by=request.viewer, organisation_id=organisation.pk,
            household_id=household_id, **form.entry(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Recorded."))
            return redirect("casework:recorded", assistance_id=entry.pk)
    title = _("Household of %(size)s") % {"size": home.size}
    return _page(request, organisation, form, "casework/record_household.html", title, home=home)


@staff
@require_safe
def recorded(request, assistance_id):
    """What was recorded, with the way to take it back, and to the next one."""
    entry = queries.entry(request.viewer, assistance_id)
    organisation = organisation_by_id(request.viewer, entry.organisation_id)
    recent = queries.my_recent(request.viewer, organisation, limit=10)
    until = next((row.undo_until for row in recent if row.assistance.pk == entry.pk), None)
    context = {"organisation": organisation, "row": entry_row(entry), "entry": entry, "undo_until": until}
    return render(request, "casework/recorded.html", context)
