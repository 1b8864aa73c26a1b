"""What a visitor of /services/ asks for, and how each step goes into an address, or never does.

The address holds the need and a coarse place, so that it can be shared and gone back to. Who one is, and every search
about violence, go by POST: nothing of them stands in an address, a history or a log.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from duga.directory.rules.search import Ask
from duga.places.rules import codes

VIOLENCE = "violence"  #: how code lists mark what is about it
#: People of one of these read, and are understood in, the others.
UNDERSTOOD = {
    **dict.fromkeys(("sr", "sr-latn", "bs", "hr", "cnr"), ("sr", "bs", "cnr", "hr")),
    "fa": ("fa", "prs"),
    "prs": ("prs", "fa"),
}
#: A settlement smaller than this is told by its region: an address says no more of where one is.
TOWN = 10_000


@lru_cache(maxsize=8)
def about_violence(list_name: str) -> frozenset[str]:
    """The codes of a list that are about violence."""
    return frozenset(each.code for each in codes(list_name, retired=True) if each.fields.get("about") == VIOLENCE)


def understood(language: str) -> tuple[str, ...]:
    """The codes of languages a reader of a page in `language` is helped in."""
    return UNDERSTOOD.get(language, (language,))


@dataclass(frozen=True)
class Asked:
    """One state of the search. What stands in an address: need, country, area, open, mine, page; nothing else does."""

    need: str = ""
    country: str = ""
    area: str = ""  #: the code of a region, or of a town of TOWN people
    open: bool = False  #: only what is open now
    mine: bool = False  #: only where the language of this page is spoken
    page: int = 1
    text: str = ""
    groups: tuple[str, ...] = ()
    age: int | None = None
    language: str = ""
    conditions: tuple[str, ...] = ()
    access: tuple[str, ...] = ()

    @property
    def discreet(self) -> bool:
        """Whether it is about violence."""
        return self.need in about_violence("needs")

    @property
    def personal(self) -> bool:
        """Whether it says more than what is needed where."""
        return bool(self.text or self.groups or self.age is not None or self.language or self.conditions or self.access)

    @property
    def address(self) -> str:
        """The address of this state; empty for one that goes by POST."""
        if self.discreet or self.personal:
            return ""
        query = urlencode(self.fields)
        return f"/services/?{query}" if query else "/services/"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All it says, as the fields of a form."""
        told = [(name, getattr(self, name)) for name in ("need", "country", "area")]
        told += [("open", "1" if self.open else ""), ("mine", "1" if self.mine else "")]
        told += [("page", self.page if self.page > 1 else ""), ("q", self.text), ("language", self.language)]
        told += [("age", "" if self.age is None else self.age)]
        for name, values in (("groups", self.groups), ("conditions", self.conditions), ("access", self.access)):
            told += [(name, value) for value in values]
        return [(name, str(value)) for name, value in told if value != ""]

    def but(self, **changes) -> "Asked":
        """The same with changes, from its first page on."""
        return replace(self, **{"page": 1, **changes})

    def ask(self, language: str, *, area: str = "", position: tuple[float, float] | None = None) -> Ask:
        """What the search is asked; `area`: the region, `position`: the middle of the town asked for."""
        spoken = (self.language,) if self.language else understood(language) if self.mine else ()
        return Ask(
            text=self.text, needs=(self.need,) if self.need else (), target_groups=self.groups,
            conditions=self.conditions, accessibility=self.access, languages=spoken, country=self.country, area=area,
            position=position, age=self.age, open_now=self.open,
        )  # fmt: skip
