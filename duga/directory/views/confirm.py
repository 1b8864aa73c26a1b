"""The page behind a confirmation link: no account, no script; one tap says that all is still so."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from duga.directory import actions, queries
from duga.directory.forms.offers import OfferForm
from duga.directory.forms.words import field_label, value_words
from duga.directory.views._help import fact_words
from duga.members.rules import VISITOR
from duga.plain.errors import NOT_HERE, NotFound
from duga.ui.pages import status, try_

#: What the page shows of an offer: enough to say whether it is still so.
SHOWN = (
    "description", "phones", "email", "url", "schedules", "closures", "locations", "terms.target_groups",
    "eligibility_description", "fees_description", "languages",
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """All services of a provider as the directory tells them; still so, or not."""
    link = queries.link_by_token(token)
    if request.method == "POST":
        services = queries.services_of_provider(link.provider_id)
        wanted = request.POST.getlist("service") or [str(service.pk) for service in services]
        number = actions.confirm_by_link(by=VISITOR, token=token, service_ids=wanted)
        messages.success(request, _("Thank you. Confirmed as of today: %(number)s.") % {"number": number})
        return redirect("directory:confirm", token=token)
    rows = [
        {
            "service": asked.service,
            "told": [(field_label(name), value_words(name, asked.offer[name])) for name in SHOWN if asked.offer[name]],
            "facts": [fact_words(state) for state in asked.facts],
        }
        for asked in queries.asked_by(link, timezone.localdate())
    ]
    context = {"provider": link.provider, "rows": rows, "token": token}
    return render(request, "directory/keep/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, token, service_id):
    """What is not so any more: a proposal that a coordinator decides on."""
    link = queries.link_by_token(token)
    service = next((each for each in queries.services_of_provider(link.provider_id) if each.pk == service_id), None)
    if service is None:
        raise NotFound(NOT_HERE)
    form = OfferForm(queries.offer_of(service), request.POST or None, by_link=True)
    if request.method == "POST" and form.is_valid():
        told = {"token": token, "service_id": service.pk, "changes": form.changes()}
        _made, done = try_(form, actions.propose, by=VISITOR, **told)
        if done:
            messages.success(request, _("Thank you. A coordinator looks at it, then it is shown."))
            return redirect("directory:confirm", token=token)
    context = {"service": service, "form": form, "token": token}
    return render(request, "directory/keep/correct.html", context, status=status(form))
