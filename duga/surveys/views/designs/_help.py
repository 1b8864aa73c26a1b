"""What pages of designing share: findings and states in words."""

from django.urls import reverse
from django.utils.translation import gettext as _

from duga.surveys.rules import VERSION_STATE_LABELS, VersionState
from duga.ui.fields import said

BADGES = {VersionState.DRAFT: "warn", VersionState.PUBLISHED: "good", VersionState.WITHDRAWN: ""}


def told(findings) -> list[dict]:
    """Findings as a page shows them: where, and what to do; errors first."""
    rows = [
        {"where": _where(each), "text": said(each), "error": each.level == "error", "said": each.said}
        for each in findings
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row["error"])


def _where(finding) -> str:
    parts = [finding.sheet] if finding.sheet else []
    if finding.cell:
        parts.append(finding.cell)
    elif finding.row:
        parts.append(_("row %(row)s") % {"row": finding.row})
    if finding.column and finding.cell:
        parts.append(finding.column)
    return ", ".join(parts)


def state(version) -> tuple[str, str]:
    """(words, badge) of a version's state."""
    found = VersionState(version.state)
    return _(VERSION_STATE_LABELS[found]), BADGES[found]


def owner_of(form):
    """The network or organisation whose form it is."""
    return form.organisation or form.network


def list_url(form) -> str:
    """The page where a form is listed, for who designs it."""
    if form.organisation_id:
        return reverse("surveys:forms", args=[form.organisation.slug])
    return reverse("surveys:network_forms", args=[form.network.slug])


def crumbs(version_or_form, here: str) -> list[tuple[str, str]]:
    """The way back: the list, the form, the version, here."""
    form = getattr(version_or_form, "form", version_or_form)
    way = [(_("Surveys"), list_url(form))]
    if form is not version_or_form:
        way.append((form.title, reverse("surveys:form", args=[form.pk])))
        if here:
            label = _("Version %(version)s") % {"version": version_or_form.version or version_or_form.number}
            way.append((label, reverse("surveys:version", args=[version_or_form.pk])))
    return [*way, (here or form.title, "")]
