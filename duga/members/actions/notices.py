"""Notices: what the house tells people, in their workspace and, where there is a mail server, by mail."""

from django.db import transaction
from django.utils import timezone

from duga.members.actions._help import _post
from duga.members.models import Account, Notice
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

__all__ = ["mail_to", "mark_notices_read", "notify", "take_back_notices"]


@transaction.atomic
def notify(*, by: Viewer, to, title: str, text: str = "", params: dict | None = None, path: str = "") -> list[Notice]:
    """Tells people (account ids) something. `title` and `text` are gettext ids with named placeholders for `params`.

    Nothing personal belongs in them: name the kind of thing, and lead to it with `path` ("/workspace/…").
    The mail says the title only. Leaves no trail entry of its own: what it tells of has one.
    """
    people = list(Account.objects.filter(pk__in=set(to), is_active=True))
    params = {name: str(value) for name, value in (params or {}).items()}
    notices = Notice.objects.bulk_create(
        [Notice(account=person, title=title, text=text, params=params, path=path) for person in people]
    )
    for person in people:
        _post(
            to=person.email, language=person.language, subject=gettext_noop("Duga: you have a notice"),
            text=title, params=params, path="/workspace/notices/",
        )  # fmt: skip
    return notices


def mail_to(
    *, by: Viewer, to: str, language: str, subject: str, text: str, path: str = "", params: dict | None = None
) -> None:  # fmt: skip
    """Writes to an address that is no account's, once the transaction is over, where there is a mail server.

    `subject` and `text` are gettext ids with named placeholders for `params`; nothing personal belongs in them. Leaves
    no trail entry of its own: what it tells of has one.
    """
    _post(to=to, language=language, subject=subject, text=text, path=path, params=params)


@transaction.atomic
def mark_notices_read(*, by: Viewer, notice_ids=None) -> int:
    """Marks one's own notices as read (all without `notice_ids`); returns how many."""
    notices = Notice.objects.filter(account_id=by.account_id, read_at=None)
    if notice_ids is not None:
        notices = notices.filter(pk__in=notice_ids)
    return notices.update(read_at=timezone.now())


@transaction.atomic
def take_back_notices(*, by: Viewer, path: str, but_for=()) -> int:
    """Takes notices that lead to a place out of the inboxes of all but some accounts (ids), when the others may not go
    there any more; returns how many. Leaves no trail entry of its own: what closed the place has one."""
    return Notice.objects.filter(path=path).exclude(account_id__in=set(but_for)).delete()[0]
