"""Templates to start a form from: the bank that Duga ships, and the templates a network or organisation published."""

import functools
import uuid
from importlib import resources

from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound
from duga.plain.xlsforms.sheets import read_sheets
from duga.surveys.models import Form, FormVersion
from duga.surveys.queries.designs.access import form_by_id, used_in
from duga.surveys.rules import FormKind, VersionState
from duga.surveys.rules.designs import BANK, language_name, languages_of

NAMES = frozenset(template.name for template in BANK)


@functools.cache
def _shipped(name: str) -> dict:
    data = (resources.files("duga.surveys") / "bank" / f"{name}.md").read_bytes()
    return read_sheets(data, f"{name}.md")


def bank_sheets(viewer: Viewer, template: str) -> dict:
    """The sheets of a template: its name in the bank, or the id of a published form of kind template."""
    if template in NAMES:
        return {name: [list(row) for row in rows] for name, rows in _shipped(template).items()}
    try:
        form = form_by_id(viewer, uuid.UUID(template))
    except ValueError:
        raise NotFound(NOT_HERE) from None
    version = _newest(form)
    if form.kind != FormKind.TEMPLATE or version is None or not version.sheets:
        raise NotFound(NOT_HERE)
    return version.sheets


def _newest(form):
    return FormVersion.objects.filter(form=form, state=VersionState.PUBLISHED.value).order_by("-number").first()


def bank_languages(viewer: Viewer, template: str) -> list[str]:
    """The languages that a template speaks, as its headings write them."""
    return [each for each in languages_of(bank_sheets(viewer, template)) if each != "default"]


def bank_title(viewer: Viewer, template: str) -> tuple[str, str]:
    """(form_id, title) that a template suggests."""
    settings = bank_sheets(viewer, template).get("settings", [[], []])
    values = {language_name(head)[0]: cell for head, cell in zip(settings[0], settings[1], strict=False)}
    return values.get("form_id", template), values.get("form_title", "")


def own_templates(owner) -> list[Form]:
    """The published templates that an Organisation may start from, or a Network's own, by title."""
    used = used_in(owner) if owner._meta.label == "members.Organisation" else None
    rows = Form.objects.filter(used) if used is not None else Form.objects.filter(network=owner)
    rows = rows.filter(kind=FormKind.TEMPLATE.value, closed_at=None, versions__state=VersionState.PUBLISHED.value)
    return list(rows.distinct())
