"""The doors to forms: an organisation's own, and those of the networks it stands in."""

from django.db.models import Q

from duga.members.queries import may, networks_above, networks_of, organisations_of
from duga.members.rules import Permission, Viewer, allows
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, gettext_noop
from duga.surveys.models import Form, FormVersion

P = Permission
#: Any of these in an organisation lets one see which forms it uses.
SEES = (P.COLLECT_ANSWERS, P.REVIEW_ANSWERS, P.DESIGN_FORMS)
#: Columns of a version that no list needs.
HEAVY = ("xform", "source", "sheets", "questions", "notes")

_DESIGN = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")


def used_in(organisation, viewer: Viewer | None = None) -> Q:
    """The forms that an organisation (row or id) uses: its own, and those of the networks above it."""
    pk = getattr(organisation, "pk", organisation)
    return Q(organisation_id=pk) | Q(network_id__in=networks_above(pk, viewer))


def works_in(viewer: Viewer, organisation_id, *permissions: Permission) -> bool:
    """Whether the viewer holds one of these in the organisation itself: a network's roles do not reach its forms."""
    return bool(viewer.system) or any(allows(viewer, each, organisation_id=organisation_id) for each in permissions)


def may_design(viewer: Viewer, form: Form) -> bool:
    """Whether the viewer may change this form: an organisation's own only from inside."""
    if form.organisation_id:
        return works_in(viewer, form.organisation_id, P.DESIGN_FORMS)
    return may(viewer, P.DESIGN_FORMS, of=form.network)


def _may_see(viewer, form):
    if may_design(viewer, form):
        return True
    if form.organisation_id:
        return works_in(viewer, form.organisation_id, *SEES)
    inside = {grant.organisation_id for grant in viewer.grants if grant.organisation_id}
    return any(works_in(viewer, pk, *SEES) and form.network_id in networks_above(pk, viewer) for pk in inside)


def forms_of(viewer: Viewer, owner) -> list[Form]:
    """The forms that an Organisation uses, or that a Network owns, by title, each with `.latest` and `.draft`.

    `latest` is the newest published version, `draft` the one being worked on (None for who may not design it).
    """
    organisation = owner if owner._meta.label == "members.Organisation" else None
    allowed = works_in(viewer, owner.pk, *SEES) if organisation else may(viewer, P.DESIGN_FORMS, of=owner)
    if not allowed:
        raise NotFound(NOT_HERE)
    chosen = used_in(owner, viewer) if organisation is not None else Q(network=owner)
    forms = list(Form.objects.filter(chosen).select_related("organisation", "network"))
    versions = {}
    for version in FormVersion.objects.filter(form__in=forms).defer(*HEAVY).order_by("number"):
        versions.setdefault(version.form_id, []).append(version)
    shown = []
    for form in forms:
        mine = versions.get(form.pk, [])
        form.latest = next((each for each in reversed(mine) if each.state == "published"), None)
        form.designed_here = may_design(viewer, form)
        form.draft = next((each for each in mine if each.state == "draft"), None) if form.designed_here else None
        if form.designed_here or form.latest:
            shown.append(form)
    return shown


def form_by_id(viewer: Viewer, form_id) -> Form:
    """The door to a form, for who uses or designs it."""
    form = Form.objects.filter(pk=form_id).select_related("organisation", "network").first()
    if form is None or not _may_see(viewer, form):
        raise NotFound(NOT_HERE)
    return form


def form_to_design(viewer: Viewer, form_id) -> Form:
    """The door to a form that is to be changed: NotAllowed for who may only use it."""
    form = form_by_id(viewer, form_id)
    if not may_design(viewer, form):
        raise NotAllowed(_DESIGN)
    return form


def version_by_id(viewer: Viewer, version_id) -> FormVersion:
    """The door to a version, whole; a draft only for who designs the form."""
    found = FormVersion.objects.filter(pk=version_id).select_related("form").first()
    if found is None:
        raise NotFound(NOT_HERE)
    form = form_by_id(viewer, found.form_id)
    if found.state == "draft" and not may_design(viewer, form):
        raise NotFound(NOT_HERE)
    found.form = form
    return found


def owners_to_design_for(viewer: Viewer) -> list:
    """The networks and organisations for which the viewer may design forms, networks first, with `.is_network`."""
    organisations = [row for row in organisations_of(viewer) if works_in(viewer, row.pk, P.DESIGN_FORMS)]
    networks = networks_of(viewer, P.DESIGN_FORMS)
    for owner in (*networks, *organisations):
        owner.is_network = owner in networks
    return [*networks, *organisations]
