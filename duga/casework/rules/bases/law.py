"""Which bases a country's law opens for a purpose, with conditions and the place where it says so.

Read from the tables of `duga/places/codelists` (README there): other countries and laws are rows, not code.
"""

from dataclasses import dataclass
from functools import lru_cache

from duga.places.rules import Code, code, codes, table
from duga.plain.errors import NotFound, Refused, gettext_noop

CONSENT = "consent"

_NOT_FOR = gettext_noop("“%(basis)s” is no basis for this purpose here. Choose one of: %(known)s.")


@dataclass(frozen=True)
class Opening:
    """One basis on which a purpose may rest in a country.

    `standing`: it carries the purpose without being stated for each person. `condition` is a code of the list
    `basis_conditions`; `article` stands in the country's law (`law_of`), read at `page`; `checked` tells whether
    somebody saw that very article, else it is still to be checked.
    """

    country: str
    purpose: str
    basis: str
    standing: bool
    condition: str
    article: str
    page: str
    checked: bool


@lru_cache(maxsize=256)
def openings(country: str, purpose: str) -> tuple[Opening, ...]:
    """The bases open in a country (ISO 3166-1, two letters) for a purpose, the usual one first.

    A country's own rows stand in place of those for every country; NotFound for an unknown purpose.
    """
    code("purposes", purpose)
    rows = [row for row in table("basis_openings") if row["purpose"] == purpose]
    own = {row["basis"]: row for row in rows if row["country"] == country}
    chosen = [own.pop(row["basis"], row) for row in rows if row["country"] == "*"] + list(own.values())
    articles = {row["basis"]: row for row in table("basis_articles") if row["country"] == country}
    return tuple(_opening(country, row, articles.get(row["basis"], {})) for row in chosen)


def _opening(country, row, article) -> Opening:
    return Opening(
        country=country, purpose=row["purpose"], basis=row["basis"], standing=row["standing"] == "yes",
        condition=row["condition"], article=article.get("article", ""), page=article.get("page", ""),
        checked=article.get("checked") == "yes",
    )  # fmt: skip


def opening(country: str, purpose: str, basis: str) -> Opening:
    """The one that is meant; Refused, naming those that are open, when the law does not open it."""
    found = {row.basis: row for row in openings(country, purpose)}
    if basis not in found:
        raise Refused(_NOT_FOR, basis=basis, known=", ".join(found) or "–")
    return found[basis]


def rests_on_its_own(country: str, purpose: str) -> Opening | None:
    """The basis that carries a purpose without anybody being asked: where there is one, consent is not demanded."""
    return next((row for row in openings(country, purpose) if row.standing), None)


def law_of(country: str) -> Code | None:
    """The data-protection law of a country: its name, number, page, and what it says of special categories (`special`)
    and of sending data abroad (`abroad`), as codes of `basis_conditions`. None where none is known yet."""
    try:
        return next(row for row in codes("laws") if row.fields["country"] == country)
    except (NotFound, StopIteration):
        return None
