"""duga snapshot, duga release, duga figures: from records to numbers that may leave the house."""

from pathlib import Path

import click

from config.cli import django_ready
from config.commands.options import organisation_named, words
from duga.plain.errors import DugaError


class _ReleaseId(click.types.UUIDParameterType):
    """The id of a release; what is none is told where ids are found."""

    def convert(self, value, param, ctx):
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not the id of a release. `duga release list --as EMAIL` shows them.", param, ctx)


RELEASE = _ReleaseId()
WHO = click.option("--as", "email", metavar="EMAIL", required=True, help="Who acts: the e-mail of an account.")


def _viewer(email):
    """The account that acts; without one the house itself, and the trail says so."""
    from duga.members.queries import viewer_by_email
    from duga.members.rules import Viewer

    return viewer_by_email(email) if email else Viewer(system="command")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder to put it in (default: snapshots/ of DUGA_DATA).")
@click.option("--anew", is_flag=True, help="Read every month, also those in which nothing was written since.")
@click.option("--as", "email", metavar="EMAIL", help="Who acts (default: the house itself, as the trail will say).")
def snapshot(out, anew, email):
    """Freeze the facts of all organisations, without names, under the fingerprint of their content.

    Beside them, under a fingerprint of its own, what the directory offers today: services, places, licences, reach,
    funds; nothing of where a confidential place is.

    Sealed programmes are not in it. The same records give the same fingerprint. Months in which nothing was written
    since the snapshot before are taken over from it: the result is the same, and takes seconds.
    """
    django_ready()
    from duga.indicators.actions import take_snapshot

    taken = take_snapshot(
        by=_viewer(email), out=out, anew=anew, progress=lambda n: click.echo(f"  {n:,} facts read", err=True)
    )
    click.echo(f"{taken.fingerprint}  {taken.rows:,} facts, {taken.first_month} to {taken.last_month}")
    if taken.reused:
        click.echo(f"{len(taken.reused)} months were as before and taken over, {len(taken.read)} read.", err=True)
    if taken.supply:
        services, print_ = taken.supply.tables["services"]["rows"], taken.supply.fingerprint
        click.echo(f"Beside it the directory of today: {services:,} services, {print_[:16]}", err=True)
    click.echo(f"Kept in {taken.path}", err=True)


class _Release(click.Group):
    """`duga release INDICATOR …`, with list, verify and withdraw beside it."""

    def resolve_command(self, ctx, args):
        if args and args[0] not in self.commands:
            args = ["new", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx, args):
        if args and args[0] not in self.commands and not any(word in ("-h", "--help") for word in args):
            args = ["new", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Release, context_settings={"help_option_names": ["-h", "--help"]})
def release():
    """Count, protect, audit, draw and publish figures.

    \b
    duga release people_assisted --country ME --period 2020 --by sex,age_band --as EMAIL
    duga release --country ME --period 2020 --as EMAIL          all public tables of a country and year
    duga release --all-countries --period 2019..2026 --as EMAIL
    duga release --supply --country ME --as EMAIL               what the directory offered when it was frozen
    duga release check ID --as EMAIL                            by somebody else than who drafted
    duga release return ID --reason TEXT --as EMAIL
    duga release publish ID --as EMAIL
    duga release list · verify ID · withdraw ID --reason TEXT --as EMAIL

    Where a second person checks figures (everywhere but in a demo, or with DUGA_SECOND_PERSON=0), the first three
    leave audited drafts, which somebody else checks before they are published. ID is that of any table of the
    drafts: what was drafted together is checked and published together.
    """


@release.command("new")
@click.argument("indicator", required=False)
@click.option("--country", default="", help="ISO code (ME, RS, XK …); empty: countries side by side.")
@click.option("--all-countries", is_flag=True, help="Every country of the snapshot, and all side by side.")
@click.option("--period", help="A year (2020) or years (2019..2026).")
@click.option("--supply", is_flag=True, help="What the directory offered on the snapshot's day, not people.")
@click.option("--by", help="Breakdown of the table: sex,age_band · month · area · service_type · unit · country.")
@click.option("--snapshot", "fingerprint", help="Beginning of a snapshot's fingerprint (default: the one taken last).")
@click.option("--draft", is_flag=True, help="Keep drafts; publish nothing.")
@WHO
def new(indicator, country, all_countries, period, supply, by, fingerprint, draft, email):
    """Release figures: one table, a country's year, or everything."""
    django_ready()
    from django.conf import settings

    from duga.indicators import actions, rules
    from duga.indicators.queries.releases import newest_snapshot, snapshot_by_fingerprint, words_of
    from duga.indicators.queries.supply import countries_of_supply, year_of_supply

    viewer, country = _viewer(email), country.upper()
    frozen = snapshot_by_fingerprint(fingerprint) if fingerprint else newest_snapshot()
    tables = [rules.public_table(indicator, words(by), country)] if indicator else ()
    if by and not indicator:
        raise click.UsageError("Name the indicator whose breakdown --by is.")
    if supply == bool(period) or (supply and indicator):
        raise click.UsageError("Name --period, or --supply alone: what is on offer is that of the snapshot's day.")
    draft = draft or settings.SECOND_PERSON
    years = [year_of_supply(frozen)] if supply else rules.years_of(period)
    if supply:
        make = actions.draft_supply if draft else actions.release_supply
        countries = ["", *countries_of_supply(frozen)] if all_countries else [country]
        made = [each for place in countries for each in make(by=viewer, country=place, snapshot=frozen)]
    elif all_countries and not draft:
        made = actions.release_all(by=viewer, years=years, snapshot=frozen, processes=2, progress=_tell)
    else:
        make = actions.draft_release if draft else actions.release_tables
        countries = ["", *words_of(frozen, "country")] if all_countries else [country]
        made = [
            each
            for year in years
            for place in countries
            for each in make(by=viewer, country=place, year=year, tables=tables, snapshot=frozen)
        ]
    if made:
        _say_made(made, draft)
    else:
        click.echo(_why_nothing(viewer, frozen, years, country, indicator, supply), err=True)


def _say_made(made, draft) -> None:
    """What was drafted or released, and what follows; ends with code 1 where the audit found something."""
    from duga.indicators import rules

    for each in made:
        click.echo(f"{each.pk}  {each.indicator} by {each.breakdown or 'nothing'}  {each.country or 'all'} {each.year}")
        click.echo(f"  {rules.STATE_LABELS[each.state] if draft else f'/evidence/release/{each.pk}/'}", err=True)
    _findings(made)
    if draft:
        click.echo(
            "Drafted, not public. Somebody else checks them (`duga release check ID --as EMAIL`, or on screen under "
            "Figures); then `duga release publish ID --as EMAIL`.",
            err=True,
        )
    else:
        click.echo(
            "Public now, and nobody else has checked it: here one person is enough (a demo, or DUGA_SECOND_PERSON=0). "
            "Everywhere else these are drafts until a second person has; --draft does the same here.",
            err=True,
        )


def _why_nothing(viewer, frozen, years, country, indicator, supply) -> str:
    """Why nothing was made: nothing recorded, or what is in force says the same, or too few to show anything."""
    from duga.indicators import rules
    from duga.indicators.queries import all_releases

    if not supply and not any(frozen.first_month[:4] <= str(year) <= frozen.last_month[:4] for year in years):
        return f"Nothing of that period: the snapshot holds {frozen.first_month} to {frozen.last_month}."
    for each in all_releases(viewer, states=[rules.ReleaseState.RELEASED]):
        if (each.country, each.year in years) == (country, True) and indicator in (None, each.indicator):
            return f"Nothing new: what is in force says the same. `duga release list --as EMAIL` tells it ({each.pk})."
    return "Nothing to release: nothing was recorded there, or too few people were helped to show anything."


def _findings(made):
    """What the audit found, once; drafts with findings go no further."""
    found = {DugaError(each["text"], **each["params"]) for one in made for each in one.audit.get("findings", [])}
    for line in sorted({str(each) for each in found}):
        click.echo(f"The audit did not pass: {line}", err=True)
    if found:
        raise SystemExit(1)


def _tell(done, of, words):
    click.echo(f"  {done}/{of} {words}", err=True)


@release.command("list")
@click.option("--country", default="")
@WHO
def list_(country, email):
    """Releases and drafts with their state."""
    django_ready()
    from duga.indicators.queries import all_releases
    from duga.indicators.rules import ReleaseState

    for each in all_releases(_viewer(email), country=country.upper(), states=list(ReleaseState)):
        name = f"{each.indicator} by {each.breakdown or 'nothing'}"
        click.echo(f"{each.pk}  {each.state:<10}  {each.country or 'all':<3} {each.year}  {name}")


@release.command("check")
@click.argument("release_id", type=RELEASE)
@WHO
def check(release_id, email):
    """Find, as a second person, that drafts may be released."""
    django_ready()
    from duga.indicators import actions, queries

    viewer = _viewer(email)
    made = actions.check_drafts(by=viewer, batch=queries.readable_release(viewer, release_id).batch)
    click.echo(f"Checked ({len(made)} drafted together). Now: duga release publish {made[0].pk} --as EMAIL")


@release.command("return")
@click.argument("release_id", type=RELEASE)
@click.option("--reason", required=True)
@WHO
def return_(release_id, reason, email):
    """Send drafts back, as a second person, with the reason."""
    django_ready()
    from duga.indicators import actions, queries

    viewer = _viewer(email)
    batch = queries.readable_release(viewer, release_id).batch
    click.echo(f"{len(actions.return_drafts(by=viewer, batch=batch, reason=reason))} tables returned.")


@release.command("publish")
@click.argument("release_id", type=RELEASE)
@WHO
def publish(release_id, email):
    """Make drafts public that a second person has checked."""
    django_ready()
    from duga.indicators.actions import freeze_release

    made = freeze_release(by=_viewer(email), release_id=release_id)
    click.echo(f"/evidence/release/{made.pk}/")


@release.command("verify")
@click.argument("release_ids", metavar="ID…", type=RELEASE, nargs=-1, required=True)
def verify(release_ids):
    """Count releases again from their snapshot and definitions, and compare every byte of every file."""
    django_ready()
    from duga.indicators.queries.verifying import differences
    from duga.members.rules import Viewer

    differ = False
    for release_id in release_ids:
        for line in differences(Viewer(system="command"), release_id):
            click.echo(f"{release_id}: {line}" if len(release_ids) > 1 else line, err=True)
            differ = True
    if differ:
        raise SystemExit(1)
    many = len(release_ids) > 1
    click.echo(
        f"{len(release_ids)} releases say what their snapshots and definitions give, byte for byte."
        if many
        else "The release says what its snapshot and definition give, byte for byte."
    )


@release.command("withdraw")
@click.argument("release_id", type=RELEASE)
@click.option("--reason", required=True)
@WHO
def withdraw(release_id, reason, email):
    """Take a release out of force; it stays readable, marked, with the reason."""
    django_ready()
    from duga.indicators.actions import withdraw_release

    withdraw_release(by=_viewer(email), release_id=release_id, reason=reason)
    click.echo("Withdrawn.")


@click.command()
@click.option("--organisation", "slug", help="The organisation, by its short name.")
@click.option("--period", help="2020, 2020-03 or 2020-03..2020-05.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write a spreadsheet (.xlsx) with the tables for the donor."
)
@click.option("--as", "email", metavar="EMAIL", help="Who acts: the e-mail of an account.")
@click.option("--id", "figures_id", hidden=True, help="Own figures that somebody asked for on screen.")
@click.option("--counting", "counting_id", hidden=True, help="What somebody asked for on screen, for the network.")
@click.option("--report", "report_id", hidden=True, help="A form that somebody asked to be filled on screen.")
def figures(slug, period, out, email, figures_id, counting_id, report_id):
    """An organisation's own figures, for its donor: persons once, by unit, by month."""
    django_ready()
    from duga.indicators import actions, queries
    from duga.members.rules import Viewer

    if counting_id:
        _done(actions.run_counting(by=Viewer(system="command"), counting_id=counting_id))
        return
    if report_id:
        _done(actions.count_report(by=Viewer(system="command"), report_id=report_id))
        return
    if figures_id:  # the person who asked stands in what was asked for, and was let in then
        done = actions.count_own_figures(by=Viewer(system="command"), figures_id=figures_id)
    elif slug and period and email:
        viewer = _viewer(email)
        organisation_named(viewer, slug)
        asked = actions.ask_own_figures(by=viewer, slug=slug, period=period, start=False)
        done = actions.count_own_figures(by=viewer, figures_id=asked.pk)
    else:
        raise click.UsageError("Name --organisation, --period and --as.")
    _done(done)
    if out:
        out.write_bytes(queries.own_workbook(done, donor=True, language="en"))
        click.echo(f"Written to {out}", err=True)
    total = done.result["tables"]["people"]["own"][-1]["value"]
    click.echo(f"{done.period}: {total} people, each counted once (internal: not for publication)")


def _done(asked):
    if asked.state != "done":
        raise click.ClickException(asked.message)
