"""What every page's frame shows; the templates of `ui` read it as `frame`."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.members.rules import ROLES, VISITOR
from duga.ui.templatetags.ui import direction, language_tag
from duga.web.navigation import Link, public_links, workspace_links


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the frame shows them."""

    name: str
    email: str
    roles: list[str]
    links: list[Link]


@dataclass
class Frame:
    """Masthead and colophon of a page."""

    demo: bool = False
    home: str = "/"
    place: str = ""
    nav: list[Link] = field(default_factory=list)
    foot: list[Link] = field(default_factory=list)
    languages: list[dict] = field(default_factory=list)
    language_name: str = ""
    person: Person | None = None
    sign_in: str = ""
    sign_out: str = ""


def site(request):
    """The context processor: the frame of this page for this viewer."""
    viewer = getattr(request, "viewer", VISITOR)
    inside = request.path.startswith(("/workspace/", "/accounts/")) and viewer.known
    frame = Frame(
        demo=settings.DEMO,
        home="/workspace/" if inside else "/",
        nav=workspace_links(request.path, viewer) if inside else public_links(request.path, viewer),
        foot=[Link(_("What is Duga?"), reverse("about"))],
        languages=language_links(request),
        language_name=dict(settings.LANGUAGES).get(get_language(), "English"),
    )
    if viewer.known:
        frame.person, frame.sign_out = _person(viewer), reverse("account_logout")
    else:
        frame.sign_in = reverse("account_login")
    return {"frame": frame, "viewer": viewer, "is_demo": settings.DEMO}


def _person(viewer):
    roles = list(dict.fromkeys(_(ROLES[grant.role].label) for grant in viewer.grants))
    wanted = [
        (_("Workspace"), "workspace"),
        (_("Change password"), "account_change_password"),
        (_("Second factor"), "mfa_index"),
        (_("Where you are signed in"), "usersessions_list"),
    ]
    return Person(
        viewer.name or viewer.email, viewer.email, roles, [Link(label, reverse(name)) for label, name in wanted]
    )


def language_links(request):
    """The same page in every language: whatever else the address asks for stays."""
    links = []
    for code, name in settings.LANGUAGES:
        query = request.GET.copy()
        query["lang"] = code
        links.append(
            {
                "name": name,
                "tag": language_tag(code),
                "dir": direction(code),
                "url": f"?{query.urlencode()}",
                "current": code == get_language(),
            }
        )
    return links
