"""What these pages share: a person's frame, words for codes, receivers in words."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework import queries
from duga.casework.rules import GUARDIAN_LABELS, law_of
from duga.places import queries as places
from duga.ui.pages import status


def words(list_name: str, code: str) -> str:
    """A code in the reader's language."""
    return places.label(list_name, code, get_language() or "en") if code else ""


def many(list_name: str, codes) -> str:
    """Several codes in the reader's language, after one another."""
    return ", ".join(words(list_name, code) for code in codes)


def receiver_words(row, name: str = "") -> str:
    """To whom, in words; `name` is a sealed one, opened by an action."""
    if row.receiver_organisation_id:
        return row.receiver_organisation.name
    if row.receiver_provider_id:
        return row.receiver_provider.name
    return name or (_("somebody else, named inside") if row.receiver_kind else "")


def article_words(opening) -> str:
    """The article of an opening, and whether somebody saw it there."""
    article = _("article %(article)s") % {"article": opening.article} if opening.article else ""
    return ", ".join(part for part in (article, "" if opening.checked else _("to be checked")) if part)


def source_words(opening) -> str:
    """Law, number and article of an opening."""
    law = law_of(opening.country)
    if law is None:
        return _("no law is known here yet: to be checked")
    return ", ".join(part for part in (words("laws", law.code), law.fields["number"], article_words(opening)) if part)


def guardians_of(viewer, person_id) -> dict:
    """Who looks after a child, for any page about her: kinds in words, whether one may be the danger, no names."""
    told = queries.guarded(viewer, person_id)
    kinds = [_(GUARDIAN_LABELS[kind]) for kind in told.kinds]
    return {"person_id": person_id, "child": told.child, "kinds": kinds, "danger": told.danger}


def page(request, template, person, title, *, form=None, back=(), **more):
    """A page about one person: case code above, the way back to her record and her bases."""
    at = {"person_id": person.pk}
    crumbs = [(person.code, reverse("casework:person", kwargs=at))]
    if back is not None:
        crumbs.append((_("Bases and consent"), reverse("casework:bases", kwargs=at)))
    context = {"person": person, "form": form, "title": title, "crumbs": [*crumbs, *(back or ()), (title, "")], **more}
    return render(request, f"casework/bases/{template}.html", context, status=status(form) if form else 200)
