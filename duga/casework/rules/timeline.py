"""One moment in what happened with a person, as every topic tells it to the common timeline."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Moment:
    """Something that happened on a day: in words (a gettext id) with params, and where to read more.

    `codes` are params that are codes: {name: (code list, code)}; `labels` params that are gettext ids themselves.
    Nothing in it names anybody. `on` orders the timeline, `at` (when it was written) decides between equal days.
    """

    on: dt.date
    at: dt.datetime
    kind: str
    words: str
    params: dict = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    url_name: str = ""
    url_args: dict = field(default_factory=dict)
