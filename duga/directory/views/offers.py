"""What an organisation offers: its list, one service, editing it, and where nobody may find it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.directory import actions, queries
from duga.directory.forms.offers import OfferForm, PlaceForm
from duga.directory.forms.words import field_label, value_words
from duga.directory.queries.finder.page import unit_words
from duga.directory.rules import HOW_LABELS, PLACE_KIND_LABELS, PROPOSAL_LABELS, Age
from duga.directory.views._help import fact_words
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import Permission
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.pages import id_of, staff, status, try_


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def services(request, slug):
    """What an organisation offers, how old each fact is, free places in one tap."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.UPDATE_CAPACITY)
    provider = queries.provider_of(organisation.pk)
    if request.method == "POST":
        if provider is None:
            provider = actions.list_organisation(by=request.viewer, organisation_id=organisation.pk)
            return redirect("directory:add", provider_id=provider.pk)
        return _tap(request, reverse("directory:services", args=[slug]))
    kept = (
        queries.services_kept(request.viewer, organisation=organisation, today=timezone.localdate()) if provider else []
    )
    crumbs = [(organisation.name, ""), (_("Services"), "")]
    context = {"organisation": organisation, "provider": provider, "crumbs": crumbs, **_listed(request, provider, kept)}
    return render(request, "directory/keep/services.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def provider(request, provider_id):
    """The same list of a provider that a network keeps."""
    found = queries.provider_to_edit(request.viewer, provider_id)
    if request.method == "POST":
        return _tap(request, reverse("directory:provider", args=[provider_id]))
    kept = queries.services_kept(request.viewer, provider_id=found.pk, today=timezone.localdate())
    crumbs = [(_("Providers"), reverse("directory:providers")), (found.name, "")]
    context = {"organisation": None, "provider": found, "crumbs": crumbs, **_listed(request, found, kept)}
    return render(request, "directory/keep/services.html", context)


def _listed(request, provider, kept):
    rows = []
    for each in kept:
        old = [fact_words(state) for state in each.facts if state.age is not Age.FRESH]
        free = [{"row": row, "unit": _unit(row.unit.name)} for row in each.capacities]
        rows.append({"capacities": free, "service": each.service, "old": old, "waiting": each.waiting})
    may = provider is not None and queries.may_edit(request.viewer, provider)
    link = request.session.pop("confirm_link", "")
    left = provider is not None and queries.has_left(request.viewer, provider)
    return {"rows": rows, "may_edit": may, "left": left, "link": link, "due": sum(bool(row["old"]) for row in rows)}


def _unit(name):
    words = unit_words(name)
    return _(words) if words else ""


def _tap(request, back):
    """One tap: still so, free places, a link to print."""
    wanted = request.POST.get("do", "")
    try:
        if wanted == "verify":
            actions.verify(by=request.viewer, service_id=id_of(request.POST.get("service")))
            messages.success(request, _("Thank you: confirmed as of today."))
        elif wanted == "capacity":
            actions.update_capacity(
                by=request.viewer, capacity_id=id_of(request.POST.get("capacity")),
                available=request.POST.get("available"), step=request.POST.get("step", ""),
            )  # fmt: skip
            messages.success(request, _("Saved."))
        elif wanted == "link":
            provider_id = id_of(request.POST.get("provider"))
            _link, token = actions.make_confirm_link(by=request.viewer, provider_id=provider_id)
            request.session["confirm_link"] = request.build_absolute_uri(reverse("directory:confirm", args=[token]))
    except Refused as error:
        messages.error(request, said(error))
    return redirect(back)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request, service_id):
    """One service as it is kept: ages, history, confidential places; confirming some of it."""
    service = queries.service_to_update(request.viewer, service_id)
    if request.method == "POST":
        kinds = request.POST.getlist("kinds")
        actions.verify(by=request.viewer, service_id=service.pk, **({"kinds": kinds} if kinds else {}))
        messages.success(request, _("Thank you: confirmed as of today."))
        return redirect("directory:offer", service_id=service.pk)
    told = queries.offer_of(service)
    context = {
        "service": service,
        "facts": [
            fact_words(state) | {"how": _(HOW_LABELS.get(state.how, state.how)) if state.how else ""}
            for state in queries.facts_of(service, timezone.localdate())
        ],
        "told": [(field_label(name), value_words(name, value)) for name, value in told.items() if _shown(name, value)],
        "history": [_change(row) for row in queries.history_of(service, limit=30)],
        "places": [
            {"pk": place.pk, "kind": _(PLACE_KIND_LABELS[place.kind])}
            for place in queries.places_of(request.viewer, service)
        ],
        "may_keep_places": queries.may_see_places(request.viewer, service.provider),
        "may_edit": queries.may_edit(request.viewer, service.provider),
        "crumbs": [_up(request, service), (service.name, "")],
    }
    return render(request, "directory/keep/offer.html", context)


def _shown(name, value):
    return value not in (None, "", [], False) and name not in ("name", "listed", "language")


def _up(request, service):
    """The list a service stands in, as a crumb."""
    provider = service.provider
    if provider.organisation_id and may(request.viewer, Permission.UPDATE_CAPACITY, provider.organisation):
        return provider.name, reverse("directory:services", args=[provider.organisation.slug])
    return provider.name, reverse("directory:provider", args=[provider.pk])


def _change(row):
    return {
        "at": row.at, "who": row.by.name if row.by else (row.source.name if row.source else ""),
        "what": field_label(row.field), "before": value_words(row.field, row.before),
        "after": value_words(row.field, row.after),
    }  # fmt: skip


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, service_id):
    """Change a service: written at once by who keeps it, proposed by everyone else."""
    service = queries.service_to_propose(request.viewer, service_id)
    own = queries.may_edit(request.viewer, service.provider)
    told = queries.offer_of(service)
    form = OfferForm(told, request.POST or None, by_link=not own, version=service.version)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        if own:
            version = form.cleaned_data["version"]
            arguments = {"by": request.viewer, "service_id": service.pk, "changes": changes, "version": version}
            _done, done = try_(form, actions.change_service, **arguments)
        else:
            _done, done = try_(form, actions.propose, by=request.viewer, service_id=service.pk, changes=changes)
        if done:
            messages.success(request, _("Saved.") if own else _("Thank you. Its coordinator decides."))
            return redirect("directory:offer", service_id=service.pk) if own else redirect("web:workspace")
    ours = queries.may_update(request.viewer, service.provider)
    crumbs = [_up(request, service) if ours else (service.provider.name, ""), (service.name, ""), (_("Change"), "")]
    context = {"service": service, "form": form, "own": own, "ours": ours, "crumbs": crumbs}
    return render(request, "directory/keep/edit.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, provider_id):
    """A new service of a provider."""
    provider = queries.provider_to_edit(request.viewer, provider_id)
    form = OfferForm({"listed": True}, request.POST or None)
    if request.method == "POST" and form.is_valid():
        arguments = {"by": request.viewer, "provider_id": provider.pk, "offer": form.changes()}
        made, done = try_(form, actions.add_service, **arguments)
        if done:
            messages.success(request, _("Saved."))
            return redirect("directory:offer", service_id=made.pk)
    context = {"service": None, "form": form, "own": True, "crumbs": [(provider.name, ""), (_("Add a service"), "")]}
    return render(request, "directory/keep/edit.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def place_add(request, service_id):
    """Keep where a service is under seal."""
    service = queries.service_to_keep_places(request.viewer, service_id)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        arguments = {"by": request.viewer, "service_id": service.pk, "kind": told.pop("kind"), "told": told}
        _made, done = try_(form, actions.keep_place, **arguments)
        if done:
            messages.success(request, _("Kept under seal."))
            return redirect("directory:offer", service_id=service.pk)
    crumbs = [
        _up(request, service),
        (service.name, reverse("directory:offer", args=[service.pk])),
        (_("Confidential place"), ""),
    ]
    context = {"service": service, "form": form, "crumbs": crumbs}
    return render(request, "directory/keep/place_add.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def place(request, place_id):
    """Look at a confidential place (by POST: it leaves an entry), or close it."""
    opened = None
    if request.method == "POST" and request.POST.get("do") == "close":
        closed = actions.close_place(by=request.viewer, place_id=place_id)
        messages.success(request, _("Closed; what was sealed is destroyed."))
        return redirect("directory:offer", service_id=closed.service_id)
    found = queries.place_by_id(request.viewer, place_id)
    if request.method == "POST":
        told = actions.open_place(by=request.viewer, place_id=place_id)
        labels = {name: each.label for name, each in PlaceForm().fields.items()}
        opened = [(labels.get(name, name), value) for name, value in told.items()]
    back = (found.service.name, reverse("directory:offer", args=[found.service_id]))
    crumbs = [_up(request, found.service), back, (_("Confidential place"), "")]
    context = {"place": found, "kind": _(PLACE_KIND_LABELS[found.kind]), "opened": opened, "crumbs": crumbs}
    context["may_close"] = queries.may_edit(request.viewer, found.service.provider)
    return render(request, "directory/keep/place.html", context)


@require_safe
@staff
def proposals(request):
    """What I proposed, and what became of it."""
    rows = [{"row": row, "state": _(PROPOSAL_LABELS[row.state])} for row in queries.own_proposals(request.viewer)]
    return render(request, "directory/keep/mine.html", {"rows": rows})
