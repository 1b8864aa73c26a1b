"""What lies on someone's own desk: notices, remembered spreadsheets, an administrator's choice."""

from django.core.paginator import Paginator
from django.utils.translation import gettext

from duga.members.models import ImportMapping, Network, Notice, Organisation
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, gettext_noop

PAGE = 30


def notices_of(viewer: Viewer, page=1):
    """A Page of one's own notices, newest first; each with `title_shown` and `text_shown` in the reader's language."""
    found = Paginator(Notice.objects.filter(account_id=viewer.account_id), PAGE).get_page(page)
    found.object_list = list(found.object_list)
    for notice in found.object_list:
        words = {name: gettext(value) if value else "" for name, value in notice.params.items()}
        notice.title_shown = _told(notice.title, words)
        notice.text_shown = _told(notice.text, words)
    return found


def _told(text, words):
    if not text:
        return ""
    try:
        return gettext(text) % words if words else gettext(text)
    except (KeyError, ValueError):  # written by an older version, with other words
        return gettext(text)


def unread_notices(viewer: Viewer) -> int:
    """How many notices wait; for the frame of every page, so it is counted to 100 only."""
    if not viewer.account_id:
        return 0
    return Notice.objects.filter(account_id=viewer.account_id, read_at=None)[:100].count()


def remembered_mapping(organisation: Organisation, purpose: str, signature: str) -> dict | None:
    """Which column meant what the last time a file of this shape (`signature` of its headers) was imported."""
    row = ImportMapping.objects.filter(organisation=organisation, purpose=purpose, signature=signature).first()
    return row.mapping if row else None


def administrable(viewer: Viewer) -> tuple[list[Network], list[Organisation]]:
    """Names an administrator may open a session for: public facts only."""
    if not viewer.is_administrator:
        raise NotAllowed(gettext_noop("This page is for administrators."))
    return list(Network.objects.all()), list(Organisation.objects.all())
