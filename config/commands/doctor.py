"""`duga doctor`: what is wrong with an installation, and what to do about it."""

import json
import sys

import click

from config.cli import django_ready

MARKS = {"ok": ("✓", "green"), "hint": ("·", "yellow"), "wrong": ("✗", "red")}


def tell(witness=None, as_json=False) -> None:
    """Runs every check and prints it; exits with 1 when anything is wrong."""
    from config import health

    findings = []
    for finding in health.examine(witness=witness):
        findings.append(finding)
        if not as_json:
            mark, colour = MARKS[finding.state]
            click.echo(click.style(f"{mark} {finding.check}: ", fg=colour) + finding.message)
            if finding.todo:
                click.echo(f"    → {finding.todo}")
    wrong = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        click.echo(json.dumps({"wrong": wrong, "findings": [vars(each) for each in findings]}, indent=1))
    else:
        click.echo("All is well." if not wrong else f"{wrong} of {len(findings)} checks found something wrong.")
    if wrong:
        sys.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(as_json):
    """Say what is wrong with this installation and what to do. Exit code 1 when anything is."""
    django_ready()
    tell(as_json=as_json)
