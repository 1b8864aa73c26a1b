"""A helpline's weeks: invented calls without a name, so that the screens of duty have something to show."""

import datetime as dt
import random

from django.utils import timezone

from demo.cast import HOME
from duga.casework import actions as casework
from duga.casework.actions import helpline
from duga.casework.queries import programmes_to_manage
from duga.members import queries

COORDINATOR, OPERATOR, SUPERVISOR = "coordinator@demo.example", "operator@demo.example", "supervisor@demo.example"
SAFE = {
    "contact": "yes", "number": "+382 00 000 999", "days": ["MO", "TU", "WE", "TH", "FR"], "opens": "09:00",
    "closes": "15:00", "voicemail": "no", "message": "no", "word": "lipa",
}  # fmt: skip
KINDS = ["information", "talk", "talk", "counselling", "mediation", "referral"]


def fill(by) -> str:
    """A line in the sealed programme of the demo's day centre, ten weeks of calls, a month asked for in writing."""
    home = queries.organisation_by_slug(by, HOME)
    programme = next(each.programme for each in programmes_to_manage(by, home) if each.programme.name == "SOS telefon")
    casework.name_worker(by=by, programme_id=programme.pk, email=SUPERVISOR)
    hours = [
        {"language": "cnr", "byday": "", "opens_at": "00:00", "closes_at": "00:00"},
        {"language": "sq", "byday": "FR", "opens_at": "13:00", "closes_at": "21:00"},
    ]
    line = helpline.add_line(by=by, organisation_id=home.pk, programme_id=programme.pk, name="SOS telefon", hours=hours)
    operator, now = queries.viewer_by_email(OPERATOR), timezone.now()
    rng = random.Random("duty")
    days = [day for week in range(10) for day in (rng.randrange(7) + 7 * week for _ in range(15 if week == 0 else 6))]
    days += [362 + rng.randrange(10) for _ in range(8)]
    for number, ago in enumerate(sorted(days, reverse=True)):
        _call(operator, line, rng, now - dt.timedelta(days=ago, hours=1 + rng.randrange(10)), number)
    helpline.begin_call(by=operator, line_id=line.pk, at=now - dt.timedelta(hours=30))
    last = (timezone.localdate(now).replace(day=1) - dt.timedelta(days=40)).replace(day=1)
    helpline.note_request(
        by=queries.viewer_by_email(SUPERVISOR), programme_id=programme.pk, asked_by="Ministarstvo socijalnog staranja",
        asked_on=timezone.localdate(now), purpose="Izvještaj za GREVIO", month=last, letter="04-112",
    )  # fmt: skip
    return f"{len(days)} calls"


def _call(operator, line, rng, at, number) -> None:
    third = rng.random() < 0.2
    telling = {"caller": "third_party", "relation": rng.choice(["neighbour", "friend", "relative"])} if third else {}
    answers = {"now": "no", "worse": rng.choice(["yes", "no"]), "kill": "yes" if number % 40 == 39 else "no"}
    helpline.record_call(
        by=operator, line_id=line.pk, started_at=at,
        **{
            "caller": "self", "channel": "phone", "language": "sq" if rng.random() < 0.15 else "cnr",
            "services": dict.fromkeys(rng.sample(KINDS, 2), 1), "sex": "female",
            "age_band": rng.choice(["18-29", "30-59", "30-59", "60-79"]), "answers": answers if number % 5 == 4 else {},
            "done": ["number", "plan"], "safe": SAFE if number % 30 == 29 else {}, "callback": number % 30 == 29,
            **telling,
        },
    )  # fmt: skip
