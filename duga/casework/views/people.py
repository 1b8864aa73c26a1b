"""The field worker's screens: find or add a person, see her, change her."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.people import FindForm, PersonForm, RecordForm
from duga.casework.views._help import first_guess, keep_search, kept_search, rows
from duga.casework.views.bases._help import guardians_of
from duga.casework.views.shown import entry_rows, where
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import staff, status, try_


@staff
@require_http_methods(["GET", "POST"])
def find(request, slug):
    """Find a person by name in any script and spelling, by phone, document or case code. What is looked for comes by
    POST; the results have an address of their own, to go back to."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.SEE_PEOPLE)
    text, found = kept_search(request), None
    form = FindForm(request.POST or None, initial={"q": text})
    if form.is_bound and form.is_valid():
        return keep_search(request, form.cleaned_data["q"])
    if text:
        found = actions.find_people(by=request.viewer, organisation_id=organisation.pk, text=text)
    context = {
        "organisation": organisation,
        "form": form,
        "found": found,
        "searched": request.GET.get("s", ""),
        "may_break_glass": may(request.viewer, Permission.FOLLOW_CASES, of=organisation),
        "recent": queries.my_recent(request.viewer, organisation, limit=5) if found is None else [],
        "crumbs": [(organisation.name, ""), (_("People"), "")],
    }
    return render(request, "casework/find.html", context)


@staff
@require_http_methods(["GET", "POST"])
def add(request, slug):
    """Add a person: the same she may be is offered first, among those this worker may see."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.ADD_PEOPLE)
    options = {"country": organisation.country, "programmes": queries.programmes(viewer, organisation)}
    given, _space, family = kept_search(request).strip().partition(" ")  # from a search that found nobody
    form = PersonForm(request.POST or None, initial={"given": given, "family": family}, **options)
    alike = []
    if form.is_bound and form.is_valid():
        described = {"identity": form.identity(), **form.coarse()}
        if not form.cleaned_data["same"]:
            alike, _done = try_(
                form, actions.possible_duplicates, by=viewer, organisation_id=organisation.pk, **described
            )
        if not alike and not form.errors:
            person, done = try_(
                form, actions.register_person, by=viewer, organisation_id=organisation.pk,
                programme_id=form.cleaned_data.get("programme") or None, **described,
            )  # fmt: skip
            if done:
                messages.success(request, _("Added. Case code: %(code)s") % {"code": person.code})
                return redirect("casework:record", person_id=person.pk)
    context = {
        "organisation": organisation,
        "form": form,
        "first": rows(form, PersonForm.FIRST),
        "more": rows(form, (*PersonForm.MORE, "programme")),
        "alike": alike,
        "crumbs": [(organisation.name, ""), (_("People"), _find_url(organisation)), (_("Add"), "")],
    }
    return render(request, "casework/add.html", context, status=status(form))


def _find_url(organisation):
    return reverse("casework:find", kwargs={"slug": organisation.slug})


@staff
@require_safe
def person(request, person_id):
    """A person's record, opened: who she is, and what she received."""
    opened = actions.open_person(by=request.viewer, person_id=person_id)
    organisation = organisation_by_id(request.viewer, opened.organisation_id)
    context = {
        "person": opened,
        "organisation": organisation,
        "where": where("", opened.area),
        "entries": entry_rows(queries.entries_of_person(request.viewer, person_id)),
        "households": queries.households_of(request.viewer, person_id),
        "guardians": guardians_of(request.viewer, person_id),
        **_care(request.viewer, opened, organisation),
        "crumbs": [(organisation.name, ""), (_("People"), _find_url(organisation)), (opened.name or opened.code, "")],
    }
    return render(request, "casework/person.html", context)


def _care(viewer, opened, organisation):
    """Which of the ways that need care this worker is shown; the actions decide again."""
    sealed = bool(opened.programme and opened.programme.sealed)
    return {
        "may_open_special": sealed or may(viewer, Permission.CORRECT_RECORDS, of=organisation),
        "may_erase": sealed or may(viewer, Permission.ERASE_PEOPLE, of=organisation),
        "may_seal": not sealed and any(row.sealed for row in queries.programmes(viewer, organisation)),
    }


@staff
@require_http_methods(["GET", "POST"])
def edit(request, person_id):
    """Change a person's record; whoever was faster is named and nothing is overwritten."""
    viewer = request.viewer
    opened = actions.open_person(by=viewer, person_id=person_id)
    organisation = organisation_by_id(viewer, opened.organisation_id, Permission.ADD_PEOPLE)
    identity = opened.identity
    born = identity.get("birth_date") or opened.birth_year or ""
    initial = {**identity, "birth": born, "sex": opened.sex, "area": opened.area, "version": opened.version}
    form = PersonForm(request.POST or None, initial=initial, country=organisation.country)
    if form.is_bound and form.is_valid():
        _person, done = try_(
            form, actions.update_person, by=viewer, person_id=person_id,
            version=form.cleaned_data["version"] or opened.version, identity=form.identity(), **form.coarse(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:person", person_id=person_id)
    context = {
        "organisation": organisation,
        "person": opened,
        "form": form,
        "first": rows(form, PersonForm.FIRST),
        "more": rows(form, PersonForm.MORE),
        "crumbs": [(_("People"), _find_url(organisation)), (opened.name or opened.code, ""), (_("Change"), "")],
    }
    return render(request, "casework/edit.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def record(request, person_id):
    """Record what a person received: the usual case is one tap and Save."""
    viewer = request.viewer
    opened = actions.open_person(by=viewer, person_id=person_id)
    organisation = organisation_by_id(viewer, opened.organisation_id, Permission.RECORD_ASSISTANCE)
    usual = queries.usual(viewer, organisation)
    last = queries.entries_of_person(viewer, person_id, limit=1)
    form = RecordForm(
        request.POST or None, initial=first_guess(usual, *last), country=organisation.country,
        programmes=queries.programmes(viewer, organisation), usual=[usual.get("service_type")],
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        entry, done = try_(
            form, actions.record_assistance, by=viewer, organisation_id=organisation.pk, person_id=person_id,
            **form.entry(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Recorded."))
            return redirect("casework:recorded", assistance_id=entry.pk)
    context = {
        "organisation": organisation,
        "person": opened,
        "form": form,
        "more": rows(form, RecordForm.MORE),
        "crumbs": [(_("People"), _find_url(organisation)), (opened.name or opened.code, ""), (_("Record"), "")],
    }
    return render(request, "casework/record.html", context, status=status(form))


@staff
@require_POST
def undo(request, assistance_id):
    """Take back one's own entry of the last minutes."""
    entry = queries.entry(request.viewer, assistance_id)
    actions.undo_assistance(by=request.viewer, assistance_id=assistance_id)
    messages.success(request, _("Taken back: the entry no longer counts."))
    if entry.person_id:
        return redirect("casework:person", person_id=entry.person_id)
    return redirect("casework:find", slug=entry.organisation.slug)
