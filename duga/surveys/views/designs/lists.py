"""The forms of an organisation and of a network; new ones from a file or from a template."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.members.queries import network_by_slug, organisation_by_slug, require
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, gettext_noop
from duga.surveys import queries
from duga.surveys.actions import designs as actions
from duga.surveys.forms.designs import NewForm, StartForm
from duga.surveys.queries import designs
from duga.surveys.rules.designs import BANK, short_name
from duga.surveys.views.designs._help import told
from duga.ui.pages import staff, status, try_

_DESIGN = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")


def _organisation(request, slug):
    owner = organisation_by_slug(request.viewer, slug)
    if not queries.works_in(request.viewer, owner.pk, Permission.DESIGN_FORMS):
        sees = queries.works_in(request.viewer, owner.pk, Permission.COLLECT_ANSWERS)
        raise NotAllowed(_DESIGN) if sees else NotFound(NOT_HERE)
    return owner


def _network(request, slug):
    return network_by_slug(request.viewer, slug, Permission.DESIGN_FORMS)


@staff
@require_safe
def organisation(request, slug):
    """The forms an organisation uses: its own and its networks'."""
    owner = organisation_by_slug(request.viewer, slug)
    forms = queries.forms_of(request.viewer, owner)
    designs_here = queries.works_in(request.viewer, owner.pk, Permission.DESIGN_FORMS)
    context = {
        "owner": owner, "forms": forms, "inside": True,
        "reviews": queries.works_in(request.viewer, owner.pk, Permission.REVIEW_ANSWERS),
        "new_url": reverse("surveys:form_new", args=[slug]) if designs_here else "",
    }  # fmt: skip
    return render(request, "surveys/forms/list.html", context)


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
    owner = _network(request, slug)
    context = {
        "owner": owner, "forms": queries.forms_of(request.viewer, owner), "inside": False,
        "new_url": reverse("surveys:network_form_new", args=[slug]),
    }  # fmt: skip
    return render(request, "surveys/forms/list.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, slug):
    """A new form of an organisation: a file, or the bank to choose from."""
    return _new(request, _organisation(request, slug), "surveys:form_start")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def network_new(request, slug):
    """A new form of a network."""
    return _new(request, _network(request, slug), "surveys:network_form_start")


def _new(request, owner, start):
    form, findings = NewForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        arguments = {"data": file.read(), "name": file.name, "kind": form.cleaned_data["kind"]}
        brought, done = try_(form, actions.bring_form, by=request.viewer, owner=owner, **arguments)
        if done and brought.version:
            messages.success(request, _("The form is here as a draft. Look at it, say what is personal, publish it."))
            return redirect("surveys:version", brought.version.pk)
        findings = told(brought.findings) if done else []
    own = designs.own_templates(owner)
    context = {
        "owner": owner, "form": form, "findings": findings,
        "templates": [(_(each.title), _(each.about), reverse(start, args=[owner.slug, each.name])) for each in BANK],
        "own": [(each.title, reverse(start, args=[owner.slug, each.pk])) for each in own],
        "crumbs": [(_("Surveys"), reverse("surveys:owners")), (_("A new form"), "")],
    }  # fmt: skip
    return render(request, "surveys/forms/new.html", context, status=422 if findings else status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def start(request, slug, template):
    """A new form of an organisation, from a template."""
    return _start(request, _organisation(request, slug), template)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def network_start(request, slug, template):
    """A new form of a network, from a template."""
    return _start(request, _network(request, slug), template)


def _start(request, owner, template):
    spoken = designs.bank_languages(request.viewer, template)
    form_id, title = designs.bank_title(request.viewer, template)
    known = next((each for each in BANK if each.name == template), None)
    initial = {"title": _(known.title) if known else title, "slug": form_id, "languages": spoken[:2]}
    form, findings = StartForm(request.POST or None, languages=spoken, initial=initial), []
    if request.method == "POST" and form.is_valid():
        brought, done = try_(
            form, actions.begin_from, by=request.viewer, owner=owner, template=template, **form.cleaned_data
        )  # fmt: skip
        if done and brought.version:
            messages.success(request, _("The form is here as a draft. Look at it, say what is personal, publish it."))
            return redirect("surveys:version", brought.version.pk)
        findings = told(brought.findings) if done else []
    context = {
        "owner": owner, "form": form, "findings": findings, "about": _(known.about) if known else "",
        "pair": next((_(each.title) for each in BANK if known and each.name == known.pair), ""),
        "spoken": [short_name(each) for each in spoken],
    }  # fmt: skip
    return render(request, "surveys/forms/start.html", context, status=422 if findings else status(form))
