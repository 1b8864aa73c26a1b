"""What happened with a person, what she needs, and two records of hers made one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.cases import MetForm, NeedForm
from duga.casework.forms.people import FindForm
from duga.casework.rules import MET_LABELS, URGENCY_LABELS
from duga.casework.views._help import keep_search, kept_search, said_after
from duga.casework.views.shown import entry_row, where
from duga.members.queries import may, organisation_by_id
from duga.members.rules import Permission
from duga.places import queries as places
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.numbers import format_number
from duga.ui.pages import id_of, staff, status, try_
from duga.ui.templatetags.ui import day


def _crumbs(person, *more):
    return [(person.code, reverse("casework:person", kwargs={"person_id": person.pk})), *more]


def _words(moment) -> str:
    """A moment in the reader's language."""
    language = get_language() or "en"
    told = {name: _given(value) for name, value in moment.params.items()}
    told |= {name: places.label(*code, language) for name, code in moment.codes.items()}
    told |= {name: _(label) for name, label in moment.labels.items()}
    return _(moment.words) % told if told else _(moment.words)


def _given(value):
    """A param as it is said: of an entry how many of what."""
    if hasattr(value, "service_type"):
        row = entry_row(value)
        return f"{format_number(row.quantity, get_language() or 'en')}\u00a0× {row.unit}"
    return value


@staff
@require_safe
def timeline(request, person_id):
    """Everything about a person in order, as far as this worker may see it; by code, not by name."""
    person = queries.person(request.viewer, person_id)
    organisation = organisation_by_id(request.viewer, person.organisation_id, Permission.SEE_PEOPLE)
    moments = [
        {"moment": moment, "words": _words(moment), "url": _url(moment)}
        for moment in queries.timeline(request.viewer, person_id)
    ]
    context = {
        "person": person, "moments": moments, "organisation": organisation,
        "may_follow": may(request.viewer, Permission.FOLLOW_CASES, of=organisation),
        "crumbs": _crumbs(person, (_("What happened"), "")),
    }  # fmt: skip
    return render(request, "casework/cases/timeline.html", context)


def _url(moment) -> str:
    return reverse(moment.url_name, kwargs=moment.url_args) if moment.url_name else ""


@staff
@require_http_methods(["GET", "POST"])
def needs(request, person_id):
    """What she needs, since when, how soon; and how a need was met."""
    viewer = request.viewer
    person = queries.person(viewer, person_id)
    organisation_by_id(viewer, person.organisation_id, Permission.ADD_PEOPLE)
    if request.POST.get("need"):
        told = {"need_id": id_of(request.POST["need"]), "met": request.POST.get("met")}
        said_after(request, actions.end_need, _("Saved."), by=viewer, **told)
        return redirect("casework:needs", person_id=person_id)
    form = NeedForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _row, done = try_(form, actions.add_need, by=viewer, person_id=person_id, **form.cleaned_data)
        if done:
            return redirect("casework:needs", person_id=person_id)
    language = get_language() or "en"
    shown = [
        {
            "row": row, "what": places.label("needs", row.code, language), "urgency": _(URGENCY_LABELS[row.urgency]),
            "met": _(MET_LABELS[row.met]) if row.met else "",
        }
        for row in queries.needs_of(viewer, person_id)
    ]  # fmt: skip
    context = {
        "person": person, "form": form, "needs": shown, "met_form": MetForm(auto_id=False),
        "crumbs": _crumbs(person, (_("Needs"), "")),
    }  # fmt: skip
    return render(request, "casework/cases/needs.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def merge(request, person_id):
    """Find the other record of the same person; merges that can be undone stand below."""
    viewer = request.viewer
    person = queries.person(viewer, person_id)
    organisation = organisation_by_id(viewer, person.organisation_id, Permission.SEE_PEOPLE)
    _may_merge(viewer, person)
    text, found = kept_search(request), None
    form = FindForm(request.POST or None, initial={"q": text})
    if form.is_bound and form.is_valid():
        return keep_search(request, form.cleaned_data["q"])
    if text:
        found = actions.find_people(by=viewer, organisation_id=organisation.pk, text=text)
        found = [each for each in found if each.id != person.pk]
    context = {
        "person": person, "form": form, "found": found, "merges": queries.merges_of(viewer, person_id),
        "crumbs": _crumbs(person, (_("Same person twice"), "")),
    }  # fmt: skip
    return render(request, "casework/cases/merge.html", context, status=status(form))


def _may_merge(viewer, person):
    if person.programme_id not in queries.named_for(viewer):
        organisation_by_id(viewer, person.organisation_id, Permission.CORRECT_RECORDS)


#: What two records are compared by, side by side.
_COMPARED = ("given", "family", "father", "birth_date", "phone", "document", "address")


@staff
@require_http_methods(["GET", "POST"])
def merge_pair(request, person_id, other_id):
    """Two records side by side; which one stays is chosen, and nothing is lost."""
    viewer = request.viewer
    one, other = (actions.open_person(by=viewer, person_id=pk) for pk in (person_id, other_id))
    _may_merge(viewer, queries.person(viewer, person_id))
    error = ""
    if request.method == "POST":
        kept, gone = (one, other) if request.POST.get("keep") == str(one.id) else (other, one)
        try:
            homes = bool(request.POST.get("one_household"))
            actions.merge_people(by=viewer, kept_id=kept.id, gone_id=gone.id, one_household=homes)
            messages.success(request, _("The two records are one now. It can be undone here."))
            return redirect("casework:merge", person_id=kept.id)
        except Refused as refused:
            error = said(refused)
    language = get_language() or "en"
    names = _names()
    rows = [(_("Case code"), one.code, other.code)]
    both = (one, other)
    rows += [(names[name], *(_shown(name, each.identity.get(name, "")) for each in both)) for name in _COMPARED]
    years = ["" if each.identity.get("birth_date") else each.birth_year or "" for each in both]
    rows += [
        (_("Year of birth"), *years),
        (_("Sex"), *(places.label("sexes", each.sex, language) for each in both)),
        (_("Where"), *(where("", each.area) for each in both)),
    ]  # fmt: skip
    homes = [queries.households_of(viewer, each.id) for each in (one, other)]
    context = {
        "one": one, "other": other, "error": error,
        "homes": [each[0] for each in homes] if all(len(each) == 1 for each in homes) else [],
        "rows": [row for row in rows if row[1] or row[2]],
        "crumbs": [(one.code, reverse("casework:person", kwargs={"person_id": one.id})), (_("Same person twice"), "")],
    }  # fmt: skip
    return render(request, "casework/cases/merge_pair.html", context, status=422 if error else 200)


def _names() -> dict:
    return {
        "given": _("Given name"), "family": _("Family name"), "father": _("Father's name"),
        "birth_date": _("Birth date"), "phone": _("Phone"), "document": _("Document"), "address": _("Address"),
    }  # fmt: skip


def _shown(name, value):
    """A fact as it is read; the day she was born, which is kept as a text, as days are written here."""
    return day(value) if name == "birth_date" else value


@staff
@require_POST
def merge_undo(request, merge_id):
    """Parts two records again."""
    kept_id = queries.merge(request.viewer, merge_id).kept_id
    words = _("The two records stand apart again.")
    gone, done = said_after(request, actions.undo_merge, words, by=request.viewer, merge_id=merge_id)
    return redirect("casework:person", person_id=gone.pk) if done else redirect("casework:merge", person_id=kept_id)
