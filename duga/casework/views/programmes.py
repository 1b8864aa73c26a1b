"""Programmes of an organisation, and who is named for the sealed ones."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.casework.forms.lists import KINDS, ProgrammeForm, WorkerForm
from duga.members.queries import organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import id_of, staff, status, try_


@staff
@require_http_methods(["GET", "POST"])
def programmes(request, slug):
    """Programmes, a new one, and the workers named for the sealed ones; nothing of the people in them."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.MANAGE_ORGANISATION)
    kind = request.POST.get("do", "")
    form = ProgrammeForm(request.POST if kind == "add" else None)
    worker_form = WorkerForm(request.POST if kind == "name" else None)
    done = False
    if kind == "add" and form.is_valid():
        _made, done = try_(
            form, actions.add_programme, by=request.viewer, organisation_id=organisation.pk, **form.cleaned_data
        )
    elif kind == "name" and worker_form.is_valid():
        _made, done = try_(
            worker_form, actions.name_worker, by=request.viewer, programme_id=id_of(request.POST.get("programme", "")),
            email=worker_form.cleaned_data["email"],
        )  # fmt: skip
    elif kind == "unname":
        ids = {name: id_of(request.POST.get(name, "")) for name in ("programme", "account")}
        actions.unname_worker(by=request.viewer, programme_id=ids["programme"], account_id=ids["account"])
        done = True
    elif kind == "close":
        actions.close_programme(by=request.viewer, programme_id=id_of(request.POST.get("programme", "")))
        done = True
    if done:
        messages.success(request, _("Saved."))
        return redirect("casework:programmes", slug=slug)
    context = {
        "organisation": organisation,
        "programmes": queries.programmes_to_manage(request.viewer, organisation),
        "kinds": dict(KINDS),
        "form": form,
        "worker_form": worker_form,
        "asked": request.POST.get("programme", ""),
        "crumbs": [(organisation.name, ""), (_("Programmes"), "")],
    }
    bound = form if form.is_bound else worker_form
    return render(request, "casework/programmes.html", context, status=status(bound))
