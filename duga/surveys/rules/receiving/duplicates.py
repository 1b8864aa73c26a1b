"""Whether two submissions are one, filled in twice: nearly the same answers on one phone within minutes."""

from duga.surveys.rules.receiving.reading import Received, answered
from duga.surveys.rules.receiving.xpath import day_number

MINUTES = 5  #: between two that may be one: by the phone's own clock, for a phone without a connection sends late
SHARE = 0.8  #: of the answers that must be the same
FEWEST = 5  #: answers below which likeness says nothing


def alike(earlier: dict, told: Received) -> bool:
    """Whether answers are nearly those of an earlier submission of the same phone, filled in at the same time."""
    when, before = day_number(told.ended or told.began), _when(earlier)
    if when is None or before is None or abs(when - before) * 24 * 60 > MINUTES:
        return False
    one, other = answered(earlier), answered(told.answers)
    paths = {*one, *other}
    if len(paths) < FEWEST:
        return False
    return sum(one.get(path) == other.get(path) for path in paths) >= SHARE * len(paths)


def _when(answers: dict) -> float | None:
    for name in ("end", "timeEnd", "start", "timeStart"):
        for path in (f"/{name}", f"/meta/{name}"):
            if isinstance(text := answers.get(path), str) and (day := day_number(text)) is not None:
                return day
    return None
