"""Checking published figures: nothing of ours is read, and nothing is kept."""

from duga.evidence import figures
from duga.evidence.figures import Result
from duga.members.queries import may
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotAllowed, Unreadable, gettext_noop

MOST_ON_SCREEN = 5_000  # figures; more take longer than a page should


def may_check_figures(viewer: Viewer) -> bool:
    """Whether a viewer checks published figures: who counts, for an organisation or a network, and who reviews."""
    return may(viewer, Permission.COUNT) or may(viewer, Permission.REVIEW)


def require_may_check(viewer: Viewer) -> None:
    """Refuses whoever neither counts nor reviews."""
    if not may_check_figures(viewer):
        raise NotAllowed(
            gettext_noop("Published figures are checked by those who count or review. Ask your coordinator.")
        )


def check_published(viewer: Viewer, *, text: str = "", data: bytes = b"", name: str = "") -> Result:
    """Findings, proposals and notices about figures in pasted text or the bytes of a file; nothing is stored."""
    require_may_check(viewer)
    read = figures.read_bytes(data, name) if data else figures.read_text(text)
    if len(read) > MOST_ON_SCREEN:
        raise Unreadable(
            gettext_noop("These are %(count)s figures, more than a page checks at once. Use `duga check-figures`."),
            count=len(read),
        )
    return figures.check(read)
