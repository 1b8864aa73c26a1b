"""`duga begin` and `duga invite`: the first people of an installation, with links to print or copy."""

import click

from config.cli import django_ready
from config.commands.options import organisation_named
from duga.plain.errors import Refused, gettext_noop


def _link(path: str) -> str:
    from django.conf import settings

    return f"{settings.SITE_ADDRESS}{path}"


def _invite(by, of, role, email, language="en"):
    from django.conf import settings
    from django.urls import reverse

    from duga.members import actions, queries

    settings.MAIL_IN_BACKGROUND = False  # this process ends at once
    invitation = actions.invite(by=by, of=of, role=role, email=email, language=language)
    token = queries.invitation_token(by, invitation)
    return _link(reverse("invitation", args=[token]))


@click.command()
@click.option("--network", required=True, help="The network's name.")
@click.option("--email", required=True, help="Who looks after it: the first secretariat.")
@click.option("--country", default="", help="Two letters, when the network is a national one.")
@click.option("--administrator", default="", help="E-mail of an administrator, who holds no standing power.")
def begin(network, email, country, administrator):
    """Begin a new installation: key, database, places, the first network, and the link for its first account."""
    django_ready()
    from django.conf import settings
    from django.urls import reverse

    from config import serving
    from config.commands.serve import bring_lists, refuse_unsafe
    from duga.members import actions, queries
    from duga.members.rules import Role, Viewer
    from duga.places.actions import load_shipped_places
    from duga.vault import sealing

    refuse_unsafe()
    house = Viewer(system="begin")
    serving.unapplied_migrations()
    new_key = not settings.INSTALLATION_KEY and not settings.INSTALLATION_KEY_FILE.exists()
    sealing.prepare()
    click.echo("Database …")
    serving.migrate()
    if queries.networks_of(house):
        raise Refused(gettext_noop("This installation has begun already. `duga invite` makes another link."))
    click.echo("Countries, regions and settlements …")
    load_shipped_places(by=house)
    bring_lists(house)
    founded = actions.found_network(by=house, name=network, country=country)
    link = _invite(house, founded, Role.NETWORK_SECRETARIAT, email)
    serving.collect_static()
    click.echo(f"\nOpen this link to make the first account (it is good for 14 days):\n  {link}\n")
    if administrator:
        account = actions.create_account(by=house, email=administrator, name=administrator, is_administrator=True)
        recovery, token = actions.make_recovery_link(by=house, account=account)
        click.echo(f"And this one for the administrator:\n  {_link(reverse('recovery', args=[token]))}\n")
    if new_key:
        click.echo(
            f"The installation key was made: {settings.INSTALLATION_KEY_FILE}\n"
            "Print it, or copy it to two sticks, and let TWO people keep it in TWO places, not beside the backups.\n"
            "Whoever loses it loses everyone: without it no name in this installation can be read again."
        )


@click.command()
@click.argument("email")
def recover(email):
    """Print a link with which someone who lost the password sets a new one. Their second factor stays."""
    django_ready()
    from django.urls import reverse

    from duga.members import actions, queries
    from duga.members.rules import Viewer

    house = Viewer(system="recover")
    account = queries.own_account(queries.viewer_by_email(email))
    _, token = actions.make_recovery_link(by=house, account=account)
    click.echo(_link(reverse("recovery", args=[token])))


@click.command()
@click.argument("email")
@click.option("--role", required=True, help="For example organisation_coordinator or network_secretariat.")
@click.option("--organisation", help="Slug of the organisation it is held in.")
@click.option("--network", help="Slug of the network it is held in.")
@click.option("--as", "as_email", required=True, help="Who invites.")
@click.option("--language", default="en", show_default=True)
def invite(email, role, organisation, network, as_email, language):
    """Invite someone; prints the link, to send or hand over. With a mail server it is mailed as well."""
    django_ready()
    from duga.members import queries
    from duga.members.rules import Role

    if bool(organisation) == bool(network):
        raise Refused(gettext_noop("Name one place: --organisation or --network."))
    if role not in set(Role):
        raise Refused(gettext_noop("There is no role %(role)s; roles are: %(roles)s"), role=role, roles=", ".join(Role))
    by = queries.viewer_by_email(as_email)
    of = organisation_named(by, organisation) if organisation else queries.network_by_slug(by, network)
    click.echo(_invite(by, of, Role(role), email, language))
