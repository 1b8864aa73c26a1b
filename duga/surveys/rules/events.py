"""What the trail's events of surveys are called on screen."""

from duga.plain.errors import gettext_noop as _

EVENT_WORDS = {
    "form.created": _("began a form"),
    "form.changed": _("changed a form's draft"),
    "form.draft_dropped": _("dropped a form's draft"),
    "form.published": _("published a form's version"),
    "form.withdrawn": _("withdrew a form's version"),
    "form.closed": _("closed a form"),
    "form.reopened": _("reopened a form"),
    "form.attachment_kept": _("attached a file to a form"),
    "form.attachment_dropped": _("removed a file from a form"),
    "form.translated": _("translated a form"),
    "form.personal_marked": _("said which questions of a form are personal"),
}

#: Daily work with people's answers: not seen by networks that may read an organisation's trail.
INSIDE_EVENTS: set[str] = set()
