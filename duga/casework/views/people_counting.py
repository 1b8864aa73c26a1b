"""Whether a person takes part in counting across organisations: she may object, and need not say why."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.ui.pages import staff


@staff
@require_http_methods(["GET", "POST"])
def counting(request, person_id):
    """Note that she objects, or that she no longer does."""
    person = queries.person(request.viewer, person_id)
    organisation_by_id(request.viewer, person.organisation_id, Permission.ADD_PEOPLE)
    if request.method == "POST":
        if request.POST.get("do") == "object":
            actions.object_to_counting(by=request.viewer, person_id=person_id)
            messages.success(request, _("Noted: from the next counting on she takes no part."))
        else:
            actions.end_objection(by=request.viewer, person_id=person_id)
            messages.success(request, _("Noted: she takes part again."))
        return redirect("casework:person", person_id=person_id)
    context = {
        "person": person,
        "objection": queries.objection_of(request.viewer, person_id),
        "sealed": bool(person.programme and person.programme.sealed),
        "crumbs": [
            (person.code, reverse("casework:person", kwargs={"person_id": person.pk})),
            (_("Counting across organisations"), ""),
        ],
    }
    return render(request, "casework/person_counting.html", context)
