"""What waits for a decision, providers that are no members, duplicates, campaigns."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.directory import actions, queries
from duga.directory.forms.offers import CampaignForm, ProviderForm
from duga.directory.forms.words import field_label, value_words
from duga.directory.rules import REPORT_LABELS
from duga.directory.rules.likeness import REASONS
from duga.directory.rules.texts import screen_language
from duga.directory.views._help import fact_words
from duga.members.queries import networks_of, organisations_left
from duga.members.rules import Permission
from duga.places.queries import countries, country_name
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, Refused, gettext_noop
from duga.ui.fields import said
from duga.ui.pages import id_of, staff, status, try_
from duga.ui.qr import qr_svg

LETTERS = 40  #: printed at a time


def _check_curates(request):
    organisations, networks = queries.curated_by(request.viewer)
    if not organisations and not networks:
        raise NotAllowed(gettext_noop("Your role does not allow this. Ask your organisation's coordinator."))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request):
    """Proposals, readers' reports, disagreements, possible duplicates: each with its decision."""
    _check_curates(request)
    opened = {}
    if request.method == "POST":
        try:
            opened = _decide(request)
        except Refused as error:
            messages.error(request, said(error))
        if not opened:
            return redirect("directory:inbox")
    viewer = request.viewer
    context = {
        "proposals": [_proposal(each) for each in queries.proposals_for(viewer)],
        "reports": [
            {"row": row, "kind": _(REPORT_LABELS[row.kind]), "note": opened.get(str(row.pk), "")}
            for row in queries.reports_for(viewer)
        ],
        "disagreements": [_disagreement(row) for row in queries.disagreements_for(viewer)],
        "duplicates": len(queries.duplicates_for(viewer)),
        "crumbs": [(_("Directory"), ""), (_("Waiting for you"), "")],
    }
    return render(request, "directory/keep/inbox.html", context)


def _decide(request):
    """Does what was tapped; {report id: note} when a note is to be shown."""
    post, by = request.POST, request.viewer
    wanted, answer = post.get("do", ""), post.get("answer", "")
    if wanted in ("accept", "reject"):
        proposal_id, fields = id_of(post.get("proposal")), post.getlist("fields")
        told = {"proposal_id": proposal_id, "accept": wanted == "accept", "fields": fields, "answer": answer}
        actions.decide_proposal(by=by, **told)
    elif wanted in ("mended", "unfounded"):
        actions.settle_report(by=by, report_id=id_of(post.get("report")), mended=wanted == "mended", answer=answer)
    elif wanted == "open":
        return {post.get("report"): actions.open_report(by=by, report_id=id_of(post.get("report")))}
    elif wanted in ("take", "keep"):
        disagreement_id = id_of(post.get("disagreement"))
        actions.decide_disagreement(by=by, disagreement_id=disagreement_id, take=wanted == "take", why=answer)
    messages.success(request, _("Saved."))
    return {}


def _proposal(waiting):
    row = waiting.proposal
    who = row.by.name if row.by else _("the provider, by its link")
    return {
        "row": row, "who": who, "outdated": waiting.outdated,
        "differences": [
            {"field": each.field, "label": field_label(each.field), "before": value_words(each.field, each.before),
             "after": value_words(each.field, each.after)}
            for each in waiting.differences
        ],
    }  # fmt: skip


def _disagreement(row):
    return {
        "row": row, "about": row.service.name if row.service else row.provider.name, "label": field_label(row.field),
        "ours": value_words(row.field, row.ours), "theirs": value_words(row.field, row.theirs),
        "source": row.their_source.name,
    }  # fmt: skip


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def duplicates(request):
    """Pairs that may be one; looking for more."""
    networks = networks_of(request.viewer, Permission.CURATE_DIRECTORY)
    _check_curates(request)
    if request.method == "POST":
        found = sum(actions.find_duplicates(by=request.viewer, network_id=network.pk) for network in networks)
        messages.success(request, _("New pairs: %(number)s.") % {"number": found})
        return redirect("directory:duplicates")
    rows, merged = (
        [
            each
            for entity in ("organization", "service")
            for each in queries.duplicates_for(request.viewer, state=state, limit=40, entity=entity)
        ]
        for state in ("open", "merged")
    )
    crumbs = [(_("Directory"), reverse("directory:inbox")), (_("Perhaps one and the same"), "")]
    context = {"rows": rows, "merged": merged, "may_look": bool(networks), "crumbs": crumbs}
    return render(request, "directory/keep/duplicates.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request, duplicate_id):
    """Two services, or two providers, side by side: one, or two."""
    row = queries.duplicate_by_id(request.viewer, duplicate_id)
    if request.method == "POST":
        wanted = request.POST.get("do", "")
        try:
            if wanted == "merge":
                actions.merge(by=request.viewer, duplicate_id=row.pk, keep_id=request.POST.get("keep"))
                messages.success(request, _("Merged. It can be taken apart again here."))
            elif wanted == "different":
                actions.decide_different(by=request.viewer, duplicate_id=row.pk)
                messages.success(request, _("Saved."))
            elif wanted == "undo":
                actions.undo_merge(by=request.viewer, duplicate_id=row.pk)
                messages.success(request, _("Taken apart."))
        except Refused as error:
            messages.error(request, said(error))
        return redirect("directory:pair", duplicate_id=row.pk)
    told = queries.pair(request.viewer, row.pk)
    names = [name for name in told.first_offer if told.first_offer[name] or told.second_offer[name]]
    context = {
        "row": row, "first": told.first, "second": told.second,
        "reasons": [_(REASONS[name]) for name in row.reasons if name in REASONS],
        "lines": [
            {"label": _("Services") if name == "services" else field_label(name),
             "first": value_words(name, told.first_offer[name]), "second": value_words(name, told.second_offer[name])}
            for name in names
        ],
        "crumbs": [(_("Perhaps one and the same"), reverse("directory:duplicates")), (told.first.name, "")],
    }  # fmt: skip
    return render(request, "directory/keep/pair.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def providers(request):
    """Providers one keeps; adding one that is no member."""
    _check_curates(request)
    networks = [each for each in networks_of(request.viewer, Permission.CURATE_DIRECTORY) if each.country]
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and networks and form.is_valid():
        network = next((each for each in networks if str(each.pk) == request.POST.get("network")), networks[0])
        told = dict(form.cleaned_data)
        named = {"network_id": network.pk, "name": told.pop("name"), "kind": told.pop("kind"), "told": told}
        made, done = try_(form, actions.add_provider, by=request.viewer, **named)
        if done:
            return redirect("directory:provider", provider_id=made.pk)
    found = queries.providers_of(request.viewer)
    left = {each.pk for each in organisations_left(request.viewer, Permission.CURATE_DIRECTORY)}
    context = {
        "kept": [each for each in found if each.network_id],
        "members": [each for each in found if each.organisation_id and each.organisation_id not in left],
        "left": [each for each in found if each.organisation_id in left],
        "networks": networks, "form": form, "crumbs": [(_("Directory"), ""), (_("Providers"), "")],
    }  # fmt: skip
    return render(request, "directory/keep/providers.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request):
    """Campaigns of verification, and opening one."""
    networks = networks_of(request.viewer, Permission.CURATE_DIRECTORY)
    if not networks:
        raise NotFound(NOT_HERE)
    among = sorted({each.country for each in networks if each.country} or {each.code for each in countries()})
    form = CampaignForm(request.POST or None, among=among)
    if request.method == "POST" and form.is_valid():
        network = _asking(networks, form.cleaned_data["countries"])
        made, done = try_(form, actions.open_campaign, by=request.viewer, network_id=network.pk, **form.cleaned_data)
        if done:
            return redirect("directory:campaign", campaign_id=made.pk)
    context = {
        "rows": queries.campaigns(request.viewer), "form": form,
        "crumbs": [(_("Directory"), ""), (_("Campaigns"), "")],
    }  # fmt: skip
    return render(request, "directory/keep/campaigns.html", context, status=status(form))


def _asking(networks, wanted):
    """The network that asks: of one country its own, of several the one above them."""
    own = [each for each in networks if [each.country] == list(wanted)]
    return next(iter([*own, *(each for each in networks if not each.country)]), networks[0])


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request, campaign_id):
    """One campaign: progress by country, its links, its end."""
    found = queries.campaign_by_id(request.viewer, campaign_id)
    if request.method == "POST":
        if request.POST.get("do") == "close":
            actions.close_campaign(by=request.viewer, campaign_id=found.pk)
        else:
            mail = request.POST.get("do") == "mail"
            made = actions.make_campaign_links(by=request.viewer, campaign_id=found.pk, mail=mail)
            messages.success(request, _("New links: %(number)s.") % {"number": made})
        return redirect("directory:campaign", campaign_id=found.pk)
    links = [
        {"provider": link.provider, "used": link.used_at, "url": request.build_absolute_uri(
            reverse("directory:confirm", args=[queries.link_token(link)]))}
        for link in queries.links_of(request.viewer, found)
    ]  # fmt: skip
    progress = [
        {"country": country_name(each.country, request.viewer.language), "told": each}
        for each in queries.campaign_progress(request.viewer, found)
    ]
    crumbs = [(_("Campaigns"), reverse("directory:campaigns")), (found.name, "")]
    context = {"campaign": found, "progress": progress, "links": links, "crumbs": crumbs}
    return render(request, "directory/keep/campaign.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request):
    """Letters to providers without an account or a mail: to print, each with its link; then they are on their way."""
    _check_curates(request)
    campaign_id = request.GET.get("campaign")
    found = queries.campaign_by_id(request.viewer, id_of(campaign_id)) if campaign_id else None
    if request.method == "POST":
        sent = {"link_ids": request.POST.getlist("link"), "campaign_id": found.pk if found else None}
        number = actions.note_letters_sent(by=request.viewer, **sent)
        messages.success(request, _("Letters on their way: %(number)s.") % {"number": number})
        return redirect(request.get_full_path())
    links = queries.waiting_letters(request.viewer, found)
    rows = [_letter(request, each) for each in queries.letters(links[:LETTERS], timezone.localdate())]
    crumbs = [(_("Directory"), reverse("directory:providers")), (_("Letters"), "")]
    context = {"rows": rows, "more": len(links) - len(rows), "campaign": found, "crumbs": crumbs}
    return render(request, "directory/keep/letters.html", context)


def _letter(request, letter):
    provider = letter.link.provider
    address = request.build_absolute_uri(reverse("directory:confirm", args=[letter.token]))
    language = screen_language(provider.language, dict(settings.LANGUAGES))
    with translation.override(language):
        services = [
            {"name": name, "facts": [fact_words(state) for state in states]} for name, states in letter.services
        ]
        picture = qr_svg(address, _("Link"))
    return {
        "link": letter.link, "provider": provider, "address": address, "qr": picture, "services": services,
        "language": language,
    }  # fmt: skip
