"""Where one can go from here: one table for the public site, one for the workspace."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.members.queries import may
from duga.members.rules import Permission, Viewer


@dataclass(frozen=True)
class Link:
    """A label and where it leads; `current` is "page" on the page itself, "true" below it."""

    label: str
    url: str
    current: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Place:
    """A part of the workspace: its url name, who needs what permission to be shown it, and what one does there."""

    label: str
    url_name: str
    permission: Permission | None
    sentence: str = ""


PUBLIC = (
    Place(gettext_lazy("Evidence"), "evidence", None),
    Place(gettext_lazy("What is Duga?"), "about", None),
)


def public_links(path: str, viewer: Viewer) -> list[Link]:
    """The public site's links, and the way into the workspace for who is signed in."""
    links = _links(path, PUBLIC)
    if viewer.known:
        links.append(Link(_("Workspace"), reverse("workspace")))
    return links


WORKSPACE = ()


def workspace_links(path: str, viewer: Viewer) -> list[Link]:
    """The workspace's links for this viewer."""
    shown = [place for place in WORKSPACE if place.permission is None or may(viewer, place.permission)]
    home = Link(_("Today"), reverse("workspace"), "page" if path == reverse("workspace") else "")
    return [home, *_links(path, shown)]


def _links(path, places):
    links = []
    for place in places:
        try:
            url = reverse(place.url_name)
        except NoReverseMatch:
            continue  # a stage that this installation leaves out
        current = "page" if path == url else "true" if path.startswith(url) else ""
        links.append(Link(str(place.label), url, current, str(place.sentence)))
    return links
