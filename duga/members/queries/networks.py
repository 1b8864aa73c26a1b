"""Networks and the standing of organisations in them, today and over time."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils.module_loading import import_string

from duga.members.models import Membership, Network, Organisation
from duga.members.queries.access import networks_above, networks_below, require
from duga.members.rules import MemberStatus, Permission, Viewer
from duga.plain.text import fold

PAGE = 50


def members_of(viewer: Viewer, network: Network, status: str = "", text: str = "", page=1):
    """A Page of open Memberships of a network and those below it, by the organisation's name."""
    require(viewer, Permission.SEE_ORGANISATION, network)
    rows = Membership.objects.filter(network_id__in=networks_below([network.pk], viewer), until=None)
    if status in set(MemberStatus):
        rows = rows.filter(status=status)
    if text.strip():
        rows = rows.filter(
            Q(organisation__name__icontains=text.strip()) | Q(organisation__town__icontains=text.strip())
        )
    rows = rows.select_related("organisation", "network").order_by("organisation__name", "network__name", "pk")
    return Paginator(rows, PAGE).get_page(page)


def member_numbers(viewer: Viewer, network: Network) -> dict[str, int]:
    """{standing: how many organisations} in a network and those below it."""
    require(viewer, Permission.SEE_ORGANISATION, network)
    rows = Membership.objects.filter(network_id__in=networks_below([network.pk], viewer), until=None)
    found = dict(rows.order_by().values_list("status").annotate(Count("organisation", distinct=True)))
    return {status.value: found.get(status.value, 0) for status in MemberStatus}


def standing_over_time(viewer: Viewer, organisation: Organisation, network: Network | None = None) -> list[Membership]:
    """Every standing an organisation ever had, newest first; those that end first where two began on one day."""
    require(viewer, Permission.SEE_ORGANISATION, organisation)
    rows = Membership.objects.filter(organisation=organisation).select_related("network")
    if network is not None:
        rows = rows.filter(network=network)
    return list(rows.order_by("-since", "-created_at"))


def standing(organisation: Organisation, network: Network) -> Membership | None:
    """Today's standing of an organisation in a network."""
    return Membership.objects.filter(organisation=organisation, network=network, until=None).first()


def named(organisations: list[Organisation], text: str = "", page=1):
    """A Page of these organisations: those whose name or town holds a text, in any script."""
    wanted = fold(text)
    found = [each for each in organisations if wanted in fold(each.name) or wanted in fold(each.town)]
    return Paginator(found, PAGE).get_page(page)


def fellows_of(viewer: Viewer, organisation: Organisation, text: str = "") -> list[Organisation]:
    """The other member organisations of the networks an organisation stands in, near and far, whose name or town holds
    a text: whom it works with."""
    require(viewer, Permission.SEE_ORGANISATION, organisation)
    around = networks_below(networks_above(organisation.pk, viewer), viewer)
    members = Membership.objects.filter(network_id__in=around, until=None, status=MemberStatus.MEMBER)
    rows = Organisation.objects.filter(pk__in=members.values("organisation_id")).exclude(pk=organisation.pk)
    wanted = fold(text)
    return [each for each in rows if wanted in fold(each.name) or wanted in fold(each.town)]


def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """(code, name in a language) of the countries an organisation may be in; settings say who keeps the list."""
    return import_string(settings.COUNTRY_CHOICES)(language)


def children_of(viewer: Viewer, network: Network) -> list[Network]:
    """The networks directly below one."""
    require(viewer, Permission.SEE_ORGANISATION, network)
    return list(Network.objects.filter(parent=network))


def networks_to_join(viewer: Viewer, organisation: Organisation) -> list[Network]:
    """The networks an organisation may ask to join: those it does not stand in today. Networks are public."""
    require(viewer, Permission.MANAGE_ORGANISATION, organisation)
    inside = Membership.objects.filter(organisation=organisation, until=None).exclude(status=MemberStatus.LEFT)
    return list(Network.objects.exclude(pk__in=inside.values("network_id")))


def network_to_join(slug: str) -> Network | None:
    """A network by the address an organisation named when asking to join."""
    return Network.objects.filter(slug=slug).first()
