"""What this network says beyond HSDS, and how: attributes of HSDS under one taxonomy, the documented profile.

Each trait is a term of the taxonomy "Duga profile" with an identifier that is the same everywhere, so that one
installation understands another, and everyone else can leave it alone.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from duga.plain.errors import gettext_noop as _

PROFILE_VERSION = "1.0"
URI = "urn:duga:hsds-profile:1"
SPACE = UUID("8a3b9d9e-58b8-5a0f-9c60-2f5a6c1e7d10")
TAXONOMY_ID = str(uuid5(SPACE, URI))
OWN_LISTS = "urn:duga:taxonomy:"  #: followed by the key of one of our own taxonomies
NAME = "Duga profile"
LINK = "profile"  #: link_type of attributes that are traits


@dataclass(frozen=True)
class Trait:
    """One thing said of rows of an entity. `kind`: flag, text, codes (parted by commas), area (its code)."""

    entity: str
    name: str
    label: str
    means: str
    kind: str = "text"

    @property
    def code(self) -> str:
        """Its code as a term."""
        return f"{self.entity}.{self.name}"

    @property
    def id(self) -> str:
        """Its identifier as a term, the same in every installation."""
        return str(uuid5(SPACE, self.code))


TRAITS: tuple[Trait, ...] = (
    Trait("service", "emergency", _("Emergency line"), _("“true”: help in an emergency; always listed."), "flag"),
    Trait("service", "discreet", _("Discreet"), _("“true”: about violence; show it so that a visit stays discreet."),
          "flag"),
    Trait("service", "residents_only", _("Residents only"), _("“true”: only for who lives in the area served."),
          "flag"),
    Trait("service", "takes_referrals", _("Takes referrals"), _("“true”: takes people whom others refer."), "flag"),
    Trait("service", "language", _("Language of the texts"), _("Code of the language its texts are written in.")),
    Trait("service", "country", _("Country"), _("ISO 3166-1 code of the country; XK for Kosovo*.")),
    Trait("service", "closure", _("Closed on"), _("First and last day, as 2026-01-01/2026-01-07; label: why.")),
    Trait("service", "verified", _("Verified"),
          _("Kind of fact, day and how it was verified, as “hours 2026-03-01 owner”.")),
    Trait("service", "ask_first", _("Ask first"),
          _("Kinds of facts that nobody verified for long, parted by commas. They are left out, except of emergency "
            "lines and where all was asked for.")),
    Trait("organization", "kind", _("Kind of provider"),
          _("association, state, municipality, international, church, business or other.")),
    Trait("organization", "country", _("Country"), _("ISO 3166-1 code of the country; XK for Kosovo*.")),
    Trait("organization", "area", _("Seat"), _("Code of the area, as “RS-20”."), "area"),
    Trait("organization", "language", _("Language of the texts"), _("Code of the language its texts are written in.")),
    Trait("organization", "demo", _("Invented"), _("“true”: made up, for trying out and learning."), "flag"),
    Trait("schedule", "language", _("Hours in this language"), _("These hours are those in which it is spoken.")),
    Trait("language", "interpreted", _("With an interpreter"), _("“true”: spoken with the help of an interpreter."),
          "flag"),
    Trait("phone", "free", _("Free of charge"), _("“true”: costs the caller nothing; “false”: it does."), "flag"),
    Trait("phone", "apps", _("Messengers"), _("Messengers the number answers on, parted by commas."), "codes"),
    Trait("location", "country", _("Country"), _("ISO 3166-1 code of the country; XK for Kosovo*.")),
    Trait("location", "area", _("Area"), _("Code of the area it lies in."), "area"),
    Trait("service_area", "country", _("Country"), _("The country served.")),
    Trait("service_area", "area", _("Area"), _("Code of the area served."), "area"),
)  # fmt: skip
BY_ID: dict[str, Trait] = {trait.id: trait for trait in TRAITS}
OF: dict[str, tuple[Trait, ...]] = {
    entity: tuple(trait for trait in TRAITS if trait.entity == entity)
    for entity in dict.fromkeys(trait.entity for trait in TRAITS)
}
#: Told by rows of their own, not by a column.
APART = frozenset({"closure", "verified", "ask_first"})


def taxonomy() -> dict:
    """The profile as an HSDS taxonomy."""
    return {
        "id": TAXONOMY_ID, "name": NAME, "uri": URI, "version": PROFILE_VERSION,
        "description": "What a Duga network says of its services beyond HSDS.",
    }  # fmt: skip


def term(trait: Trait) -> dict:
    """A trait as an HSDS taxonomy_term."""
    return {
        "id": trait.id, "code": trait.code, "name": trait.label, "description": trait.means, "taxonomy": NAME,
        "taxonomy_detail": taxonomy(), "language": "en", "term_uri": f"{URI}:{trait.code}",
    }  # fmt: skip


_TERMS = {trait.code: term(trait) for trait in TRAITS}


def attribute(trait: Trait, of, value: str, label: str = "") -> dict:
    """A trait said of a row, as an HSDS attribute."""
    told = {
        "id": str(uuid5(UUID(str(of)), f"{trait.code} {value if trait.name in APART else ''}")),
        "link_type": LINK, "link_entity": trait.entity, "value": value, "taxonomy_term": _TERMS[trait.code],
    }  # fmt: skip
    return {**told, "label": label} if label else told


def said(trait: Trait, value) -> str:
    """A value of our column as a trait says it; empty when there is nothing to say."""
    if trait.kind == "flag":
        unasked = trait.name in ("emergency", "discreet", "demo", "interpreted")
        return "" if value is None or (unasked and not value) else ("true" if value else "false")
    if trait.kind == "codes":
        return ",".join(value or ())
    if trait.kind == "area":
        return value.code if value else ""
    return str(value or "")


def heard(trait: Trait, text: str):
    """What a trait's value means for our column; an area's stays its code. None: nothing to be understood."""
    text = (text or "").strip()
    if trait.kind == "flag":
        return {"true": True, "false": False}.get(text.lower())
    if trait.kind == "codes":
        return [code for code in text.split(",") if code]
    return text or None
