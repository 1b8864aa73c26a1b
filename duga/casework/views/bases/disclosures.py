"""What was told without consent: written down at once, looked at afterwards by another person."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import actions, queries
from duga.casework.forms.bases import OUTCOMES, DisclosureForm, ReviewForm
from duga.casework.views.bases._help import many, page, receiver_words, words
from duga.directory.queries import provider_by_id
from duga.members.queries import fellows_of, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import id_of, staff, try_


def _line(row) -> dict:
    return {
        "row": row, "to": receiver_words(row), "basis": words("lawful_bases", row.basis),
        "what": many("data_categories", row.categories), "late": row.review_due < timezone.localdate(),
        "outcome": OUTCOMES.get(row.outcome, ""),
    }  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def disclosures(request, person_id):
    """Write down what was told; earlier ones for who follows her case."""
    by = request.viewer
    person = queries.person(by, person_id)
    organisation = organisation_by_id(by, person.organisation_id, Permission.ADD_PEOPLE)
    given = request.GET.get("institution")
    form = DisclosureForm(
        request.POST or None, fellows=fellows_of(by, organisation),
        institution=provider_by_id(id_of(given)) if given else None, initial={"told_on": timezone.localdate()},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        told, receiver = form.cleaned_data, form.receiver()
        if receiver is None and not form.errors:
            form.add_error("named", _("Say to whom it was told."))
        if not form.errors:
            _row, done = try_(
                form, actions.disclose, by=by, person_id=person_id, recipient=receiver,
                **{name: told[name] for name in ("basis", "duty", "categories", "reason", "told_on")},
            )  # fmt: skip
            if done:
                messages.success(request, _("Written down. Another person looks at it within 14 days."))
                return redirect("casework:disclosures", person_id=person_id)
    follows = queries.followed_by(by, person)
    return page(
        request, "disclosures", person, _("Told without consent"), form=form, follows=follows,
        rows=[_line(row) for row in queries.disclosures_of(by, person_id)] if follows else [],
    )  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def disclosure(request, disclosure_id):
    """One of them, opened, and its review by somebody else than who decided."""
    by = request.viewer
    row, told = actions.open_disclosure(by=by, disclosure_id=disclosure_id)
    form = ReviewForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _row, done = try_(form, actions.review_disclosure, by=by, disclosure_id=disclosure_id, **form.cleaned_data)
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:disclosure", disclosure_id=disclosure_id)
    back = reverse("casework:disclosures", kwargs={"person_id": row.person_id})
    return page(
        request, "disclosure", row.person, _("Review"), form=form, line=_line(row), told=told,
        to=receiver_words(row, told["receiver_name"]), back=[(_("Told without consent"), back)],
        may_review=row.reviewed_at is None and row.decided_by_id != by.account_id,
    )  # fmt: skip


@staff
@require_safe
def reviews(request, slug):
    """What waits for a second person: disclosures to look back at, decisions to approve or look at again."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.FOLLOW_CASES)
    told, decided = queries.to_review(request.viewer, organisation)
    context = {
        "organisation": organisation, "told": [_line(row) for row in told], "decided": decided,
        "today": timezone.localdate(), "crumbs": [(organisation.name, ""), (_("Second look"), "")],
    }  # fmt: skip
    return render(request, "casework/bases/reviews.html", context)
