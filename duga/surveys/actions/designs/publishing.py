"""The life of a form's versions: personal questions said, published, withdrawn; the form closed and opened again."""

from django.db import transaction
from django.utils import timezone

from duga.members.rules import Viewer
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.surveys.actions.designs._help import _draft, _locked, _locked_version, _tell
from duga.surveys.models import Form, FormVersion, Submission
from duga.surveys.rules import VersionState, check_version_step
from duga.surveys.rules.designs import NO_ANSWER, changes, check_version_rises

_FILES = _("These files are still missing: %(names)s. Attach them first.")
_UNSAID = _("Say first which questions are personal: it decides who may ever read the answers.")
_LOSES = _(
    "Answers were collected with earlier versions, and %(changes)s changes no longer fit them. Look at what changed, "
    "and say that you want this."
)
_USED = _("This form has answers. Close it instead: they stay, and nobody sends new ones.")
_CLOSED = _("This form is closed. Open it again first.")
_IS_CLOSED = _("This form is already closed.")
_IS_OPEN = _("This form is open already.")


@transaction.atomic
def mark_personal(*, by: Viewer, version_id, paths: list[str]) -> FormVersion:
    """Says which questions' answers may name or describe somebody (paths), for a draft; the others do not."""
    version = _draft(_locked_version(by, version_id))
    asked = {q["path"] for q in version.questions if q["type"] not in NO_ANSWER}
    version.personal = [path for path in dict.fromkeys(paths) if path in asked]
    version.checked_at, version.checked_by_id = timezone.now(), by.account_id
    version.save(update_fields=["personal", "checked_at", "checked_by"])
    _tell(by, "form.personal_marked", version.form, slug=version.form.slug, personal=len(version.personal))
    return version


@transaction.atomic
def publish_version(*, by: Viewer, version_id, accept_losses: bool = False) -> FormVersion:
    """Publishes a draft: from now on it never changes, and phones get it. A withdrawn version is published again.

    Refused while files are missing, personal questions are not said, its version does not rise, or answers would no
    longer fit (unless `accept_losses`).
    """
    version = _locked_version(by, version_id)
    form = version.form
    check_version_step(version.state, VersionState.PUBLISHED)
    if form.closed_at:
        raise Refused(_CLOSED)
    if version.state == VersionState.DRAFT:
        _check_ready(form, version, accept_losses)
        version.published_at, version.published_by_id = timezone.now(), by.account_id
        drop = Submission.objects.filter(form_version=version, test=True)
        drop.delete()  # what was only tried; its files are swept away with all that no row tells of
    version.state = VersionState.PUBLISHED.value
    version.withdrawn_at = version.withdrawn_by_id = None
    version.save()
    _tell(by, "form.published", form, slug=form.slug, version=version.version)
    return version


def _check_ready(form, version, accept_losses):
    lacking = list(version.attachments.filter(sha256="").values_list("name", flat=True))
    if lacking:
        raise Refused(_FILES, names=", ".join(lacking))
    if version.checked_at is None:
        raise Refused(_UNSAID)
    earlier = list(form.versions.exclude(pk=version.pk).exclude(state=VersionState.DRAFT).order_by("number"))
    check_version_rises(version.version, [each.version for each in earlier])
    if earlier and not accept_losses:
        lost = [each for each in changes(earlier[-1].questions, version.questions) if each.loses]
        if lost and Submission.objects.filter(form=form, test=False).exists():
            raise Refused(_LOSES, changes=len(lost))


@transaction.atomic
def withdraw_version(*, by: Viewer, version_id) -> FormVersion:
    """Takes a version back: phones are no longer offered it, but what was filled in with it is still taken."""
    version = _locked_version(by, version_id)
    check_version_step(version.state, VersionState.WITHDRAWN)
    version.state = VersionState.WITHDRAWN.value
    version.withdrawn_at, version.withdrawn_by_id = timezone.now(), by.account_id
    version.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
    _tell(by, "form.withdrawn", version.form, slug=version.form.slug, version=version.version)
    return version


@transaction.atomic
def close_form(*, by: Viewer, form_id) -> Form:
    """Closes a form: it is offered to nobody; answers that phones still carry are taken and marked as late."""
    form = _locked(by, form_id)
    if form.closed_at:
        raise Refused(_IS_CLOSED)
    form.closed_at, form.closed_by_id = timezone.now(), by.account_id
    form.save(update_fields=["closed_at", "closed_by"])
    _tell(by, "form.closed", form, slug=form.slug)
    return form


@transaction.atomic
def reopen_form(*, by: Viewer, form_id) -> Form:
    """Opens a closed form again."""
    form = _locked(by, form_id)
    if not form.closed_at:
        raise Refused(_IS_OPEN)
    form.closed_at = form.closed_by_id = None
    form.save(update_fields=["closed_at", "closed_by"])
    _tell(by, "form.reopened", form, slug=form.slug)
    return form


@transaction.atomic
def drop_draft(*, by: Viewer, version_id) -> Form | None:
    """Drops a draft with what was sent to try it; the form too (None) when it never had another version."""
    version = _draft(_locked_version(by, version_id))
    form = version.form
    Submission.objects.filter(form_version=version, test=True).delete()
    if Submission.objects.filter(form_version=version).exists():
        raise Refused(_USED)
    _tell(by, "form.draft_dropped", form, slug=form.slug, version=version.version)
    version.delete()
    if FormVersion.objects.filter(form=form).exists():
        return form
    if not (form.rounds.exists() or form.links.exists() or form.submissions.exists()):
        form.delete()
        return None
    return form
