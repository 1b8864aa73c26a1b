"""What an area is to the rules: its kinds and schemes, and the row a file tells of it."""

import re
from dataclasses import dataclass, field

from duga.plain.errors import gettext_noop
from duga.plain.text import fold

#: What an area is called; the levels a country has differ, so a kind is a word and never a depth.
KINDS = {
    "region": gettext_noop("region"),
    "county": gettext_noop("county"),
    "canton": gettext_noop("canton"),
    "district": gettext_noop("district"),
    "city": gettext_noop("city"),
    "municipality": gettext_noop("municipality"),
    "settlement": gettext_noop("settlement"),
    "quarter": gettext_noop("quarter"),
    "area": gettext_noop("area"),
}
#: Schemes with a name of their own; any other word is a scheme too.
SCHEMES = {
    "iso-3166-2": gettext_noop("ISO 3166-2 code"),
    "nuts-3": gettext_noop("NUTS 3 code"),
    "national": gettext_noop("national code"),
    "p-code": gettext_noop("humanitarian p-code"),
    "geonames": gettext_noop("GeoNames number"),
    "duga": gettext_noop("Duga's own code, where no standard has one"),
}


@dataclass(frozen=True)
class AreaRow:
    """One area as a file tells it. `parent` and `codes` name areas by code: (scheme, code)."""

    number: int  #: the row in the file as its owner sees it; of shipped files 0
    code: str
    name: str
    kind: str = "area"
    names: dict[str, str] = field(default_factory=dict)
    other_names: tuple[str, ...] = ()
    parent: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    is_region: bool = False  #: one of the units its country is counted and drawn by
    geometry: dict | None = None


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row, for its owner to mend: `message` is a gettext id with `params`."""

    row: int
    column: str
    message: str
    params: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def name_key(text: str) -> str:
    """A place name as it is compared: folded, hyphens, dots and quotes as spaces ("Чучер - Сандево")."""
    return " ".join(re.sub(r"[-.'\"]", " ", fold(text)).split())
