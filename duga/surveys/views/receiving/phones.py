"""Phones for surveys: the list, connecting one with its code, revoking; and keys for reading answers as data."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.members.queries import may, organisation_by_slug, organisations_of, require
from duga.members.rules import Permission
from duga.surveys.actions.exports import make_feed, revoke_feed
from duga.surveys.actions.openrosa import connect_phone, revoke_phone
from duga.surveys.forms.receiving import KeyForm, PhoneForm
from duga.surveys.queries.designs import form_list
from duga.surveys.queries.exports import feeds_of
from duga.surveys.queries.receiving.lists import phones_of
from duga.surveys.rules.openrosa import managed_settings, packed
from duga.ui.pages import id_of, staff, status, try_
from duga.ui.qr import qr_svg

P = Permission


@staff
@require_http_methods(["GET", "POST"])
def phones(request, slug):
    """The phones that collect for an organisation; a new one's code is shown once."""
    organisation = organisation_by_slug(request.viewer, slug, P.COLLECT_ANSWERS)
    if request.method == "POST" and "revoke" in request.POST:
        revoke_phone(by=request.viewer, device_id=id_of(request.POST["revoke"]))
        messages.success(request, _("This phone is let in no more."))
        return redirect("surveys:phones", slug=slug)
    may_share = may(request.viewer, P.REVIEW_ANSWERS, of=organisation)
    form = PhoneForm(request.POST or None, may_share=may_share)
    if form.is_valid():
        told = {"by": request.viewer, "organisation_id": organisation.pk, "name": form.cleaned_data["name"]}
        made, done = try_(form, connect_phone, **told, own=not form.cleaned_data.get("shared"))
        if done:
            return _connected(request, organisation, made)
    context = {"organisation": organisation, "phones": phones_of(request.viewer, organisation), "form": form}
    return render(request, "surveys/receiving/phones.html", context, status=status(form))


def _connected(request, organisation, made):
    """The code of a phone, to be read by ODK Collect or KoboCollect, on paper if need be. It is not kept."""
    door = reverse("surveys:key_list", kwargs={"slug": organisation.slug, "token": made.token})
    server = request.build_absolute_uri(door.removesuffix("/formList"))
    plain = request.build_absolute_uri(f"/collect/{organisation.slug}")
    code = packed(managed_settings(server=server, project=organisation.name))
    context = {
        "organisation": organisation, "made": made, "server": server, "plain": plain,
        "qr": qr_svg(code, _("Code for ODK Collect and KoboCollect")),
    }  # fmt: skip
    return render(request, "surveys/receiving/connected.html", context)


@staff
@require_http_methods(["GET", "POST"])
def keys(request):
    """One's keys for Excel, Power BI and scripts, and the addresses that they open."""
    require(request.viewer, P.REVIEW_ANSWERS)
    if request.method == "POST" and "revoke" in request.POST:
        revoke_feed(by=request.viewer, feed_id=id_of(request.POST["revoke"]))
        messages.success(request, _("This key opens nothing any more."))
        return redirect("surveys:keys")
    form, made = KeyForm(request.POST or None), None
    if form.is_valid():
        made, _done = try_(form, make_feed, by=request.viewer, name=form.cleaned_data["name"])
    context = {
        "form": form, "made": made, "keys": feeds_of(request.viewer), "feeds": _addresses(request),
    }  # fmt: skip
    return render(request, "surveys/receiving/keys.html", context, status=status(form))


def _addresses(request):
    """(organisation, form's title, address of its feed) of everything the viewer may read so."""
    for organisation in organisations_of(request.viewer, P.REVIEW_ANSWERS):
        for version in form_list(organisation.pk):
            told = {"slug": organisation.slug, "form_id": version.form.slug}
            address = request.build_absolute_uri(reverse("surveys:odata", kwargs=told))
            yield organisation.name, version.form.title, address
