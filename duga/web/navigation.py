"""Where one can go from here, told in three tables: the public site, an organisation, the whole network.

An entry is shown to whom its permission is given, and only while its page exists.
"""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission, Viewer
from duga.plain.errors import DugaError


@dataclass(frozen=True)
class Link:
    """A label and where it leads; `current` is "page" on the page itself, "true" below it; `office`: done at a desk;
    `daily`: stands in front of a long menu."""

    label: str
    url: str
    current: str = ""
    sentence: str = ""
    office: bool = False
    daily: bool = False


@dataclass(frozen=True)
class Entry:
    """A place to go: its url name, who is shown it, and in one sentence what one does there."""

    label: str
    url_name: str
    permission: Permission | None = None
    sentence: str = ""
    office: bool = False
    either: Permission | None = None  #: who may do this instead is shown it, too
    daily: bool = False  #: every day's work: in front where a menu is too long for one line
    also: tuple[str, ...] = ()  #: pages that belong to it and lie elsewhere
    alone: bool = False  #: what lies below its address belongs to others


PUBLIC = (
    Entry(_("Find help"), "directory:finder"),
    Entry(_("Evidence"), "evidence"),
    Entry(_("What is Duga?"), "web:about"),
)

P = Permission
#: Inside an organisation, in the order a day goes.
ORGANISATION = (
    Entry(
        _("People"),
        "casework:find",
        P.SEE_PEOPLE,
        _("Find a person or add her, and record what was given."),
        daily=True,
    ),
    Entry(_("Group"), "casework:record_tally", P.RECORD_ASSISTANCE, _("Record help for many whom nobody names.")),
    Entry(
        _("Requests"),
        "casework:requests",
        P.RECORD_ASSISTANCE,
        _("Who asked for help, and who goes there."),
        daily=True,
    ),
    Entry(_("Attendance"), "casework:groups", P.RECORD_ASSISTANCE, _("Who came today: one tap each.")),
    Entry(_("Lists"), "casework:lists", P.RECORD_ASSISTANCE, _("A list to print, to sign and to keep.")),
    Entry(
        _("Cases"),
        "casework:caseload",
        P.FOLLOW_CASES,
        _("Whom we follow over time: plan, notes, what is due."),
        daily=True,
    ),
    Entry(
        _("On duty"),
        "casework:duty",
        P.ANSWER_HELPLINE,
        _("Answer, call back, finish."),
        either=P.APPROVE_CASES,
        daily=True,
    ),
    Entry(
        _("Referrals"),
        "casework:referrals",
        P.REFER,
        _("Who was sent to us and by us; whom to ask."),
        daily=True,
    ),
    Entry(
        _("Feedback"),
        "casework:feedback",
        P.FOLLOW_CASES,
        _("What people say of your work, and your answers."),
        either=P.PROTECT_DATA,
    ),
    Entry(
        _("Surveys"),
        "surveys:forms",
        P.COLLECT_ANSWERS,
        _("Forms to ask with, on phones and on paper."),
    ),
    Entry(_("Answers"), "surveys:answered", P.REVIEW_ANSWERS, _("What came in with each form, to review.")),
    Entry(_("Phones for surveys"), "surveys:phones", P.COLLECT_ANSWERS, _("ODK Collect and KoboCollect, by a code.")),
    Entry(_("Volunteers"), "casework:volunteers", P.ASSIGN_WORK, _("Who helps, when, with which training.")),
    Entry(_("Stock"), "casework:stock", P.RECORD_ASSISTANCE, _("What the stores hold, and what runs low.")),
    Entry(_("Second look"), "casework:second_look", P.FOLLOW_CASES, _("What one decided and another looks at."), True),
    Entry(
        _("Licences"), "directory:licences", P.EDIT_SERVICES, _("What each service still needs for its licence."), True
    ),
    Entry(_("Services"), "directory:services", P.UPDATE_CAPACITY, _("What readers are told: still so? Places free?")),
    Entry(_("Import"), "casework:import", P.IMPORT_RECORDS, _("Bring the spreadsheet you already have."), True),
    Entry(_("Ledger"), "casework:ledger", P.SEE_RECORDS, _("All that was recorded: filter, correct, export."), True),
    Entry(_("Figures"), "figures", P.EXPORT_RECORDS, _("A table for your donor, each person counted once."), True),
    Entry(_("Reports"), "reports", P.EXPORT_RECORDS, _("The forms you owe, filled from your records."), True),
    Entry(_("Counting"), "organisation_rounds", P.EXPORT_RECORDS, _("Count people once with others, or not."), True),
    Entry(_("Programmes"), "casework:programmes", P.MANAGE_ORGANISATION, _("What you run, and which is sealed."), True),
    Entry(
        _("Data protection"),
        "casework:protection",
        P.PROTECT_DATA,
        _("Who read what, what people ask, breaches."),
        True,
        also=("casework:breaches", "casework:shift_phones", "casework:glass"),
    ),
    Entry(
        _("Team"), "organisation", P.MANAGE_ORGANISATION, _("Invite colleagues, give and take roles."), True, alone=True
    ),
)

#: For who works for a network rather than in an organisation.
NETWORK = (
    Entry(_("Members"), "organisations", P.SEE_ORGANISATION, _("Member organisations and their standing."), daily=True),
    Entry(
        _("Figures"),
        "network_figures",
        P.SEE_ORGANISATION,
        _("Drafted, checked by a second person, released."),
        daily=True,
    ),
    Entry(_("Reports"), "network_reports", P.SEE_ORGANISATION, _("Forms filled from released figures.")),
    Entry(_("Counting"), "rounds", P.REVIEW, _("People of several organisations, each counted once.")),
    Entry(
        _("Directory"),
        "directory:providers",
        P.CURATE_DIRECTORY,
        _("Who offers what, and keeps it true."),
        daily=True,
    ),
    Entry(
        _("To decide"),
        "directory:inbox",
        P.CURATE_DIRECTORY,
        _("Proposed changes, errors readers found."),
        daily=True,
    ),
    Entry(_("Licences"), "directory:licence_picture", P.SEE_ORGANISATION, _("Services begun, applied for, licensed.")),
    Entry(_("Surveys"), "surveys:owners", P.DESIGN_FORMS, _("Forms that every member organisation can ask with.")),
    Entry(_("Funds"), "directory:funds", P.SEE_ORGANISATION, _("What states and municipalities pay for services.")),
    Entry(_("Bring in"), "directory:bring", P.CURATE_DIRECTORY, _("Other directories and lists, into this one.")),
    Entry(_("Campaigns"), "directory:campaigns", P.CURATE_DIRECTORY, _("Everyone is asked: is it still so?")),
    Entry(_("Places"), "places:overview", P.MANAGE_PLACES, _("Countries and areas that figures are shown by.")),
)


def public_links(path: str, viewer: Viewer) -> list[Link]:
    """The public site's links, and the way into the workspace for who is signed in."""
    links = _links(path, PUBLIC)
    if viewer.known:
        links.append(Link(str(_("Workspace")), reverse("web:workspace")))
    return links


def own_organisations(viewer: Viewer) -> list:
    """The organisations the viewer works in, by name."""
    ids = dict.fromkeys(grant.organisation_id for grant in viewer.grants if grant.organisation_id)
    return sorted((organisation_by_id(viewer, pk) for pk in ids), key=lambda organisation: organisation.name)


def organisation_here(request):
    """The organisation a page is about (`slug` in its address), else the first one the viewer works in, else None."""
    viewer, match = request.viewer, getattr(request, "resolver_match", None)
    slug = request.GET.get("organisation", "")
    if match and "slug" in match.kwargs and "/organisations/" in request.path:
        slug = match.kwargs["slug"]
    if slug:
        try:
            return organisation_by_slug(viewer, slug)
        except DugaError:
            pass  # the page itself will say that it is not there
    return next(iter(own_organisations(viewer)), None)


def workspace_links(path: str, viewer: Viewer, organisation) -> list[Link]:
    """The workspace's links: this organisation's, then the network's."""
    home = reverse("web:workspace")
    links = [Link(str(_("Today")), home, "page" if path == home else "", daily=True)]
    links += organisation_links(viewer, organisation, path)
    seen = {link.url for link in links}
    return _one_current(links + [link for link in network_links(viewer, path) if link.url not in seen])


def _one_current(links):
    """Of several links that lead towards the page only the nearest is marked."""
    nearest = max((link.url for link in links if link.current), key=len, default="")
    return [replace(link, current=link.current if link.url == nearest else "") for link in links]


def organisation_links(viewer: Viewer, organisation, path: str = "") -> list[Link]:
    """What this viewer does in an organisation."""
    if organisation is None:
        return []
    return _links(path, [e for e in ORGANISATION if _shown(viewer, e, organisation)], organisation.slug)


def _shown(viewer, entry, organisation) -> bool:
    return any(may(viewer, each, of=organisation) for each in (entry.permission, entry.either) if each)


def network_links(viewer: Viewer, path: str = "") -> list[Link]:
    """What this viewer does for a network."""
    if not any(grant.network_id for grant in viewer.grants):
        return []
    return _links(path, [entry for entry in NETWORK if may(viewer, entry.permission)])


def address_of(url_name: str, slug: str = "") -> str:
    """The address behind a url name, with the organisation's slug where it takes one; "" while there is none."""
    for kwargs in ({"slug": slug}, {}) if slug else ({},):
        try:
            return reverse(url_name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    return ""


def _links(path, entries, slug=""):
    links = []
    for entry in entries:
        url = address_of(entry.url_name, slug)
        if url:
            also = [address_of(name, slug) for name in entry.also]
            below = [each for each in also if each] if entry.alone else [url, *filter(None, also)]
            current = "page" if path == url else "true" if path.startswith(tuple(below)) else ""
            links.append(Link(str(entry.label), url, current, str(entry.sentence), entry.office, entry.daily))
    return links
