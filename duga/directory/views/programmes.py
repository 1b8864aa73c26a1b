"""A provider's programmes, and who pays for it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.directory import actions, queries
from duga.directory.forms.programmes import FundingForm, ProgrammeForm
from duga.directory.rules.fields import PROGRAM
from duga.ui.pages import id_of, staff, status, try_


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def programmes(request, provider_id):
    """Services that belong together, and who pays for all of it."""
    provider, found = queries.provider_to_edit(request.viewer, provider_id), None
    told, wanted = queries.programmes_of(request.viewer, provider_id), request.POST.get("do", "")
    at = request.GET.get("programme", "")
    found = next((each for each in told.programmes if str(each[0].pk) == at), None)
    initial = {name: getattr(found[0], name) for name in PROGRAM} | {"services": found[1]} if found else {}
    form = ProgrammeForm(request.POST if wanted == "keep" else None, initial=initial, services=told.services)
    money = FundingForm(request.POST if wanted == "funding" else None, initial={"sources": "\n".join(told.sources)})
    if request.method == "POST" and _done(request, provider, at, form, money):
        messages.success(request, _("Saved."))
        return redirect("directory:programmes", provider_id=provider.pk)
    context = {
        "provider": provider, "told": told, "form": form, "money": money, "found": found,
        "crumbs": [(provider.name, reverse("directory:provider", args=[provider.pk])), (_("Programmes, funding"), "")],
    }  # fmt: skip
    code = max(status(form), status(money))
    return render(request, "directory/keep/programmes.html", context, status=code)


def _done(request, provider, at, form, money):
    """Does what was tapped; whether it was done."""
    wanted, of = request.POST.get("do", ""), {"by": request.viewer, "provider_id": provider.pk}
    if wanted == "keep":
        programme_id = id_of(at) if at else None
        return form.is_valid() and try_(form, actions.keep_programme, **of, programme_id=programme_id, **form.told())[1]
    if wanted == "remove":
        actions.remove_programme(**of, programme_id=id_of(at))
    elif wanted == "funding":
        sources = money.is_valid() and money.cleaned_data["sources"].splitlines()
        return money.is_valid() and try_(money, actions.tell_funding, **of, sources=sources)[1]
    return True
