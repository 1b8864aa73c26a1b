"""The forms of an organisation and of a network."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from duga.members.queries import network_by_slug, organisation_by_slug, require
from duga.members.rules import Permission
from duga.surveys import queries
from duga.ui.pages import staff


def _list(request, owner):
    context = {"owner": owner, "forms": queries.forms_of(request.viewer, owner)}
    return render(request, "surveys/forms/list.html", context)


@staff
@require_safe
def organisation(request, slug):
    """The forms an organisation uses: its own and its networks'."""
    owner = organisation_by_slug(request.viewer, slug)
    return render(
        request, "surveys/forms/list.html", {"owner": owner, "forms": queries.forms_of(request.viewer, owner)}
    )


@staff
@require_safe
def owners(request):
    """The networks and organisations that the viewer designs forms for."""
    require(request.viewer, Permission.DESIGN_FORMS)
    return render(request, "surveys/forms/owners.html", {"owners": queries.owners_to_design_for(request.viewer)})


@staff
@require_safe
def network(request, slug):
    """The forms of one network."""
    owner = network_by_slug(request.viewer, slug, Permission.DESIGN_FORMS)
    return render(
        request, "surveys/forms/list.html", {"owner": owner, "forms": queries.forms_of(request.viewer, owner)}
    )
