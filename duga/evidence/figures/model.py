"""The shapes of figure checks: a published figure, what is said of it, and what a check concludes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Phrase:
    """A sentence that can be translated: `message` (gettext id) and `params`, which may be phrases or numbers.

    Params that are `Decimal` are numbers of the text: whoever shows them writes them as the reader's language does.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.params:
            return self.message
        return self.message % {name: plain(each) for name, each in self.params.items()}


@dataclass(frozen=True)
class Figure:
    """A number as somebody published it.

    `value` is the text as printed (“24,1”, “33 176”, “over 100”, “200..300”) or a number; `qualifier` is exact,
    about, at_least, at_most or range (empty: what the value itself says, else exact). `relation` says how it hangs
    together with other figures, such as `sum(a,b)`. `row` is where it stands in its file, from 1.
    """

    id: str
    value: object
    claim: str = ""
    qualifier: str = ""
    unit: str = ""
    place: str = ""
    period: str = ""
    source: str = ""
    relation: str = ""
    row: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: where, beside which figures, of which kind, in words, and what would be right.

    `figures` are ids bearing the relation, `against` the ids they stand against. `right` is the correct value: a
    number, a text where it is no single number ("at least 200", "54.6..54.8"), a list where sources stand side by
    side unresolved, None where only the source can say.
    """

    figures: tuple[str, ...]
    against: tuple[str, ...]
    kind: str
    phrases: tuple[Phrase, ...]
    right: object = None
    row: int | None = None

    @property
    def message(self) -> str:
        """The finding in plain English sentences."""
        return " ".join(str(each) for each in self.phrases)

    def to_dict(self) -> dict:
        """The finding in types that JSON knows."""
        return {
            "figures": list(self.figures),
            "against": list(self.against),
            "kind": self.kind,
            "message": self.message,
            "right": jsonable(self.right),
        }


@dataclass(frozen=True)
class Proposal:
    """A relation that nobody declared but the figures suggest: `relation` could be written beside `figure`.

    `finding` is what the check would say of it if it were declared; None where it would hold.
    """

    figure: str
    relation: str
    phrase: Phrase
    finding: Finding | None = None

    def to_dict(self) -> dict:
        """The proposal in types that JSON knows."""
        return {
            "figure": self.figure,
            "relation": self.relation,
            "holds": self.finding is None,
            "message": str(self.phrase),
            "would_find": self.finding.to_dict() if self.finding else None,
        }


@dataclass(frozen=True)
class Notice:
    """Something a careful reader would ask about, and no proof that it is wrong."""

    figures: tuple[str, ...]
    against: tuple[str, ...]
    kind: str
    phrase: Phrase

    def to_dict(self) -> dict:
        """The notice in types that JSON knows."""
        return {
            "figures": list(self.figures),
            "against": list(self.against),
            "kind": self.kind,
            "message": str(self.phrase),
        }


@dataclass(frozen=True)
class Result:
    """What checking a set of figures gave: how many there were, findings, and apart from them what is only proposed."""

    figures: int
    relations: int
    findings: tuple[Finding, ...]
    proposals: tuple[Proposal, ...] = ()
    notices: tuple[Notice, ...] = ()

    def to_dict(self) -> dict:
        """The result in types that JSON knows."""
        return {
            "figures": self.figures,
            "relations": self.relations,
            "findings": [each.to_dict() for each in self.findings],
            "proposals": [each.to_dict() for each in self.proposals],
            "notices": [each.to_dict() for each in self.notices],
        }


def plain(value: object) -> str:
    """A number without exponent, anything else as its text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def jsonable(value: object) -> object:
    """Decimals as JSON numbers, whole ones as integers; lists piece by piece; other things as text."""
    if isinstance(value, (list, tuple)):
        return [jsonable(each) for each in value]
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, (int, float)) else str(value)
