"""What every page's frame shows; the templates of `ui` read it as `frame`."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.members.queries import unread_notices
from duga.members.rules import ROLES, VISITOR
from duga.ui.templatetags.ui import direction, language_tag
from duga.web.navigation import (
    Link,
    address_of,
    organisation_here,
    own_organisations,
    public_links,
    workspace_links,
)


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the frame shows them."""

    name: str
    email: str
    roles: list[str]
    links: list[Link]
    waiting: int = 0  #: notices not yet read
    notices: str = ""


@dataclass
class Frame:
    """Masthead and colophon of a page."""

    demo: bool = False
    home: str = "/"
    organisation: object = None
    nav: list[Link] = field(default_factory=list)
    foot: list[Link] = field(default_factory=list)
    languages: list[dict] = field(default_factory=list)
    language_name: str = ""
    person: Person | None = None
    sign_in: str = ""
    sign_out: str = ""
    has_mail: bool = False
    sessions: tuple = ()  #: an administrator's open ones, shown on every page
    session_url: str = ""

    @property
    def crowded(self) -> bool:
        """More links than fit a phone in two lines, or a desk in one: they unfold."""
        return len(self.nav) > 6

    @property
    def front(self) -> list[Link]:
        """What stands in one line at a desk: every day's work, and where one is."""
        return [link for link in self.nav if link.daily or link.current] if self.crowded else self.nav

    @property
    def more(self) -> list[Link]:
        """The rest, which unfolds."""
        return [link for link in self.nav if link not in self.front]


def site(request):
    """The context processor: the frame of this page for this viewer."""
    viewer = getattr(request, "viewer", VISITOR)
    frame = Frame(
        demo=settings.DEMO,
        has_mail=settings.HAS_MAIL,
        foot=[Link(_("What is Duga?"), reverse("web:about"))],
        languages=language_links(request),
        language_name=dict(settings.LANGUAGES).get(get_language(), "English"),
    )
    if viewer.known and request.path.startswith(("/workspace/", "/accounts/")):
        frame.home = reverse("web:workspace")
        frame.organisation = organisation_here(request)
        frame.nav = workspace_links(request.path, viewer, frame.organisation)
    else:
        frame.nav = public_links(request.path, viewer)
    if viewer.sessions:
        frame.sessions, frame.session_url = viewer.sessions, address_of("administration")
    if viewer.known:
        frame.person, frame.sign_out = _person(viewer), reverse("account_logout")
    else:
        frame.sign_in = reverse("account_login")
    return {"frame": frame, "viewer": viewer, "is_demo": settings.DEMO}


def _person(viewer):
    """The menu of who is signed in: the organisations to change between, then the account."""
    home = reverse("web:workspace")
    organisations = own_organisations(viewer)
    links = [Link(_("Workspace"), home)]
    if len(organisations) > 1:
        links += [Link(organisation.name, f"{home}?organisation={organisation.slug}") for organisation in organisations]
    waiting = unread_notices(viewer)
    notices = _("Notices (%(count)s)") % {"count": waiting} if waiting else _("Notices")
    wanted = [
        (notices, "notices"),
        (_("Your account"), "account"),
        (_("Administrator's session"), "administration" if viewer.is_administrator else ""),
        (_("Change password"), "account_change_password"),
        (_("Second factor"), "mfa_index"),
        (_("Where you are signed in"), "usersessions_list"),
    ]
    links += [Link(label, address_of(name)) for label, name in wanted if name and address_of(name)]
    roles = list(dict.fromkeys(_(ROLES[grant.role].label) for grant in viewer.grants))
    return Person(viewer.name or viewer.email, viewer.email, roles, links, waiting, address_of("notices"))


def language_links(request):
    """The same page in every language: whatever else the address asks for stays."""
    links = []
    spoken = settings.LANGUAGES if request.path.startswith(settings.FINDER_PATHS) else settings.SITE_LANGUAGES
    for code, name in spoken:
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
