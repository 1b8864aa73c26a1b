"""A helpline that tests call: invented, with an operator and a supervisor named for it."""

import datetime as dt
from zoneinfo import ZoneInfo

from duga.casework.actions import add_programme, helpline, name_worker

HERE = ZoneInfo("Europe/Podgorica")
#: All that a contact needs, as told on the phone; the words are looked for in the database afterwards.
SAFE = {
    "contact": "yes", "number": "069 765 432", "days": ["TU", "TH"], "opens": "10:00", "closes": "12:00",
    "voicemail": "no", "message": "no", "word": "Zimzelen",
}  # fmt: skip
TUESDAY = dt.datetime(2026, 11, 17, 10, 30, tzinfo=HERE)
TOLD = {"caller": "self", "services": {"talk": 1}, "language": "cnr", "channel": "phone"}


def make_line(cast, name="SOS", named=("operator", "supervisor")):
    """A line of Nikšić in a sealed programme, and its programme."""
    by = cast.viewer("coordinator")
    programme = add_programme(by=by, organisation_id=cast.niksic.pk, name=f"Line {name}", kind="helpline")
    for who in named:
        name_worker(by=by, programme_id=programme.pk, email=f"{who}@example.org")
    hours = [
        {"language": "cnr", "byday": "", "opens_at": "00:00", "closes_at": "00:00"},
        {"language": "sq", "byday": "FR", "opens_at": "13:00", "closes_at": "21:00"},
    ]
    line = helpline.add_line(by=by, organisation_id=cast.niksic.pk, programme_id=programme.pk, name=name, hours=hours)
    return line, programme


def take(cast, line, by="operator", at=None, **told):
    """A finished call."""
    at = at or dt.datetime.now(tz=HERE) - dt.timedelta(minutes=10)
    return helpline.record_call(by=cast.viewer(by), line_id=line.pk, started_at=at, **{**TOLD, **told})


def begin(cast, line, by="operator"):
    """A call that has just been taken."""
    return helpline.begin_call(by=cast.viewer(by), line_id=line.pk)
