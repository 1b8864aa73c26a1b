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
    "submission.received": _("sent answers in"),
    "submission.mended": _("sent answers in anew, changed"),
    "submission.opened": _("opened answers"),
    "submission.file_opened": _("opened a file that came with answers"),
    "submission.edited": _("mended answers"),
    "submission.reviewed": _("reviewed answers"),
    "submission.commented": _("commented on answers"),
    "answers.exported": _("exported answers"),
    "answers.fed": _("read answers as data"),
    "answers.imported": _("imported answers"),
    "link.made": _("made links to a form"),
    "link.revoked": _("took a link to a form back"),
    "round.planned": _("planned a round of asking"),
    "round.changed": _("changed a round of asking"),
    "round.assigned": _("assigned a round of asking"),
    "round.taken_back": _("took back who asks in a round"),
    "round.closed": _("closed a round of asking"),
    "round.reminded": _("reminded of a round of asking"),
    "phone.connected": _("connected a phone for surveys"),
    "phone.revoked": _("revoked a phone for surveys"),
    "feed.made": _("made a key for reading answers as data"),
    "feed.revoked": _("revoked a key for reading answers as data"),
}

#: Daily work with people's answers: not seen by networks that may read an organisation's trail.
INSIDE_EVENTS: set[str] = {
    event for event in EVENT_WORDS if event.startswith(("submission.", "answers.", "phone.", "feed."))
}
