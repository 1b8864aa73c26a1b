"""A counting round of the demo: travellers whom several organisations met along the route, each counted once."""

from demo.organisations import UNITS
from duga.indicators import actions, queries
from duga.indicators.rules.rounds import USUAL_PURPOSES
from duga.members.queries import viewer_by_email
from duga.members.rules import Viewer

HOUSE = Viewer(system="counting round")
#: It says no, so that a round with an organisation missing can be seen.
DECLINES = "nova-lasta-novi-sad"
REVIEWER = "reviewer@demo.example"


def run(by, demo, first: int, last: int) -> str:
    """Opens a round of these years, has the organisations answer, links and releases it; then opens one that waits."""
    yearly, this_year, _route = USUAL_PURPOSES
    opened = actions.open_round(by=by, first_year=first, last_year=last, start=False, purpose=yearly)
    for slug in sorted({unit.slug for unit in UNITS}):
        actions.answer_round(by=demo, slug=slug, round_id=opened.pk, agree=slug != DECLINES, start=False)
    encoded = actions.encode_parts(by=HOUSE, round_id=opened.pk)
    actions.start_linking(by=by, round_id=opened.pk, start=False)
    linked = actions.link_round(by=HOUSE, round_id=opened.pk)
    if linked.message:
        return f"not linked: {linked.message}"
    actions.check_round(by=viewer_by_email(REVIEWER), round_id=opened.pk)
    actions.release_round(by=by, round_id=opened.pk)
    actions.agree_to_rounds(by=demo, slug="put-kuci-beograd")
    waits = actions.open_round(by=by, purpose=this_year, first_year=2026, last_year=2026, start=False)
    actions.encode_parts(by=HOUSE, round_id=waits.pk)  # here, not apart: the demo moves to its place when it is built
    year = 2022 if first <= 2022 <= last else first
    found = queries.people_across_organisations()[year][""]
    told = f"{found.low} to {found.high} different people in {year}, a plain sum says {found.claimed}"
    return f"{encoded} organisations encoded, {told}"
