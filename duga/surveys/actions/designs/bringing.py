"""Bringing forms in: from a file, from a template of the bank, from a version that is published."""

from dataclasses import dataclass, field

from django.db import transaction

from duga.members.queries import networks_above
from duga.members.rules import Viewer
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms import Finding, Read, convert_sheets, read_form
from duga.surveys.actions.designs._help import (
    _fill,
    _fit_attachments,
    _locked,
    _locked_version,
    _require_owner,
    _tell,
)
from duga.surveys.models import Form, FormVersion
from duga.surveys.queries.designs import bank_sheets, form_to_design
from duga.surveys.rules import FormKind, VersionState
from duga.surveys.rules.designs import check_form_id, check_version_rises, next_version, only_languages, with_setting

_TAKEN = _(
    "There is already a form with the form_id “%(slug)s” here. Upload the file there as its new draft, or write "
    "another form_id on the settings sheet."
)
_NETWORK_HAS = _(
    "Your network has a form with the form_id “%(slug)s”. Write another one on the settings sheet, so that phones tell "
    "them apart."
)
_LONG = _("The form_id “%(slug)s” is too long: use at most 100 letters.")
_AS_XFORM = _(
    "This form came as an XForm (.xml). Change it in the tool it was made with and upload it again; only forms that "
    "came as XLSForm can be changed here."
)


@dataclass(frozen=True)
class Brought:
    """What became of a file: the draft, or None where an error stands among the findings."""

    version: FormVersion | None
    findings: list[Finding] = field(default_factory=list)


def bring_form(
    *, by: Viewer, owner, data: bytes, name: str, kind: str = FormKind.SURVEY.value, validate: bool = True
) -> Brought:
    """A new form of an Organisation or Network from a file (xlsx, xls, ods, md, csv or XForm), as a draft.

    Refused where its form_id is taken. Errors of the form itself come as findings with their cells; nothing is kept.
    """
    whose = _require_owner(by, owner)
    read = read_form(data, name, validate=validate)
    if not read.xform:
        return Brought(None, read.findings)
    return _begin(by, whose, read, data, name, kind, "")


def begin_from(
    *, by: Viewer, owner, template: str, slug: str, title: str, languages: list[str], validate: bool = True
) -> Brought:
    """A new form from a template of the bank (its name, or the id of a form of kind template), in these languages."""
    whose = _require_owner(by, owner)
    sheets = bank_sheets(by, template)
    if languages:
        sheets = only_languages(sheets, languages)
        sheets = with_setting(sheets, "default_language", languages[0])
    sheets = with_setting(with_setting(sheets, "form_id", slug), "form_title", title)
    read = convert_sheets(sheets, f"{slug}.json", validate=validate)
    if not read.xform:
        return Brought(None, read.findings)
    return _begin(by, whose, read, b"", "", FormKind.SURVEY.value, template[:60])


@transaction.atomic
def _begin(by, whose, read: Read, data, name, kind, started_from) -> Brought:
    slug = read.parsed.form_id
    _check_free(whose, slug)
    title = (read.parsed.title or slug)[:200]
    form = Form.objects.create(**whose, slug=slug, title=title, kind=FormKind(kind).value, started_from=started_from)
    version = FormVersion(form=form, number=1, source=data, source_name=_bare(name))
    _fill(version, read, by, before=None)
    version.save()
    _fit_attachments(version, read, None)
    _tell(by, "form.created", form, slug=slug, version=version.version)
    return Brought(version, read.findings)


def _bare(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200]


def _check_free(whose, slug) -> None:
    if len(slug) > 100:
        raise Refused(_LONG, slug=f"{slug[:40]}…")
    if Form.objects.filter(**whose, slug=slug).exists():
        raise Refused(_TAKEN, slug=slug)
    above = networks_above(whose["organisation"].pk) if "organisation" in whose else ()
    if Form.objects.filter(network_id__in=above, slug=slug).exists():
        raise Refused(_NETWORK_HAS, slug=slug)


def bring_draft(*, by: Viewer, form_id, data: bytes, name: str, validate: bool = True) -> Brought:
    """A file as the form's new draft, in place of the one there is. Its form_id is the form's, its version rises."""
    form = form_to_design(by, form_id)
    read = read_form(data, name, validate=validate)
    if not read.xform:
        return Brought(None, read.findings)
    check_form_id(read.parsed.form_id, form.slug)
    version = _redraft(by, form, read, source=data, source_name=_bare(name))
    return Brought(version, read.findings)


def draft_again(*, by: Viewer, version_id) -> FormVersion:
    """A draft that begins as a published or withdrawn version, with a version that is one higher.

    The draft there is, where there is one. Refused for a form that came as XForm: it is changed where it was made.
    """
    version = _read_version(by, version_id)
    form = version.form
    draft = form.versions.filter(state=VersionState.DRAFT).first()
    if draft is not None:
        return draft
    if not version.sheets:
        raise Refused(_AS_XFORM)
    versions = list(form.versions.values_list("version", flat=True))
    wanted = next_version(version.version)
    while wanted in versions:
        wanted = next_version(wanted)
    sheets = with_setting(version.sheets, "version", wanted)
    read = convert_sheets(sheets, f"{form.slug}.json", validate=False)
    read.checker = version.checker
    return _redraft(by, form, read)


@transaction.atomic
def _read_version(by, version_id):
    return _locked_version(by, version_id)


@transaction.atomic
def _redraft(by, form, read: Read, *, source: bytes = b"", source_name: str = "") -> FormVersion:
    """Puts what was read into the form's draft, which is made where there is none."""
    _locked(by, form.pk)
    versions = list(form.versions.order_by("number"))
    published = [each for each in versions if each.state != VersionState.DRAFT]
    check_version_rises(read.parsed.version, [each.version for each in published])
    draft = next((each for each in versions if each.state == VersionState.DRAFT), None)
    newest = published[-1] if published else None
    version = draft or FormVersion(form=form, number=(versions[-1].number if versions else 0) + 1)
    version.source, version.source_name = source, source_name
    _fill(version, read, by, before=draft if draft is not None and draft.checked_at else newest or draft)
    version.save()
    _fit_attachments(version, read, newest)
    if not published and read.parsed.title:
        form.title = read.parsed.title[:200]
        form.save(update_fields=["title"])
    _tell(by, "form.changed", form, slug=form.slug, version=version.version)
    return version
