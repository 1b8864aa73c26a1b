"""Links to a form, or to a round of it: made and shown once, listed with what came by each, taken back."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.members.queries import organisation_by_slug
from duga.surveys import queries
from duga.surveys.actions.asking import make_links, revoke_link
from duga.surveys.forms.asking import LinksForm
from duga.surveys.queries.asking import links_of, newest
from duga.surveys.queries.asking.rounds import round_by_id
from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import link_state
from duga.surveys.rules.designs import short_name
from duga.ui.pages import id_of, staff, status, try_
from duga.ui.qr import qr_svg


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def of_form(request, slug, form_id):
    """The links that an organisation gave out to a form."""
    organisation = organisation_by_slug(request.viewer, slug)
    form = queries.form_by_id(request.viewer, form_id)
    return _links(request, organisation, form, reverse("surveys:links", args=[slug, form_id]))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def of_round(request, slug, round_id):
    """The links that an organisation gave out to a round."""
    organisation = organisation_by_slug(request.viewer, slug)
    found = round_by_id(request.viewer, round_id)
    here = reverse("surveys:round_links", args=[slug, round_id])
    return _links(request, organisation, found.form, here, round_id=round_id)


def _links(request, organisation, form, here, **to):
    rows = [each for each in links_of(request.viewer, organisation, form) if not to or each.round_id == to["round_id"]]
    if "revoke" in request.POST:
        revoke_link(by=request.viewer, link_id=id_of(request.POST["revoke"]))
        messages.success(request, _("The link is taken back. What came by it stays."))
        return redirect(here)
    version, made = newest(form), None
    asked = LinksForm(request.POST or None, languages=version.languages if version else ())
    if version and asked.is_valid():
        made, done = try_(
            asked,
            _make,
            given=asked.cleaned_data,
            by=request.viewer,
            organisation_id=organisation.pk,
            **to or {"form_id": form.pk},
        )
        if done:
            return _shown(request, organisation, form, made, here)
    context = {
        "organisation": organisation, "form": form, "asked": asked, "version": version,
        "rows": [_row(each) for each in rows], "crumbs": _crumbs(organisation, form, (_("Links"), "")),
    }  # fmt: skip
    return render(request, "surveys/asking/links.html", context, status=status(asked))


def _crumbs(organisation, form, *more):
    listed = reverse("surveys:forms", args=[organisation.slug])
    return [(_("Surveys"), listed), (form.title, reverse("surveys:form", args=[form.pk])), *more]


def _row(link):
    words, badge, open_ = link_state(
        revoked=link.revoked_at is not None, used=link.used_at is not None,
        over=link.expires_at is not None and link.expires_at <= timezone.now(),
    )  # fmt: skip
    return {
        "link": link, "state": _(words), "badge": badge, "open": open_, "language": short_name(link.language),
        "once": link.kind == LinkKind.ONCE, "until": _last_day(link),
    }  # fmt: skip


def _last_day(link):
    return timezone.localdate(link.expires_at - dt.timedelta(seconds=1)) if link.expires_at else None


def _make(*, given, **where):
    """Links end with the last day, wherever the clock of the reader stands."""
    until = given["until"]
    ends = timezone.make_aware(dt.datetime.combine(until + dt.timedelta(days=1), dt.time())) if until else None
    return make_links(
        **where, kind=given["kind"], count=given["count"] or 1, language=given.get("language", ""), expires_at=ends
    )


def _shown(request, organisation, form, made, here):
    """The links with their pictures, to print or to copy. The addresses are kept nowhere."""
    addresses = [
        request.build_absolute_uri(reverse("surveys:link", kwargs={"token": each.token})) for each in made
    ]  # fmt: skip
    picture = _("The link as a picture for a phone's camera")
    context = {
        "organisation": organisation, "form": form, "once": made[0].link.kind == LinkKind.ONCE,
        "until": _last_day(made[0].link), "back": here,
        "slips": [(each, qr_svg(each, picture, quick=True)) for each in addresses],
        "crumbs": _crumbs(organisation, form, (_("Links"), here), (_("New links"), "")),
    }  # fmt: skip
    answer = render(request, "surveys/asking/made.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
