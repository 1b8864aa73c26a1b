"""Forms that the day centre owes others, filled from its records."""

from django.utils import timezone

from demo.cast import HOME
from duga.casework.queries import helpline
from duga.indicators import actions
from duga.members import queries


def fill(*, small: bool) -> str:
    """People reached last year; cases and referrals of this year; a helpline's month that was told."""
    coordinator, year = queries.viewer_by_email("coordinator@demo.example"), timezone.localdate().year
    wanted = [("cases_referrals_workload", f"{year}")]
    if not small:
        wanted.append(("people_reached_by_unit_and_area", f"{year - 1}"))
        supervisor = queries.viewer_by_email("supervisor@demo.example")
        told = helpline.months(supervisor, queries.organisation_by_slug(supervisor, HOME))
        wanted += [("helpline_bulletin", f"{each.month:%Y-%m}") for each in told if each.state == "released"][:1]
    done = 0
    for form, period in wanted:
        asked = actions.ask_report(by=coordinator, slug=HOME, form=form, period=period, start=False)
        done += actions.count_report(by=coordinator, report_id=asked.pk).state == "done"
    return f"{done} forms filled"
