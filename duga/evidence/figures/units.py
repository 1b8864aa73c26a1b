"""Units as reports write them, in the languages of the region: which are the same, which may never be added."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from os.path import commonprefix

from duga.plain.text import fold

PERCENT, POINTS, SCORE = "percent", "percentage_point", "score"

# Words that mean one unit (folded; plural s is taken off where it is not told). A kind may be added up: women and men
# are persons, parcels and masks items. “Beneficiary” is a kind of its own: sources rarely say whether it is a person,
# a household or a visit.
_KINDS = {
    "person": "person people individual osoba osobe osobu lice lica persona njerez njerezit covek ljudi lugje man men "
    "woman women child children girl boy student pupil volunteer employee participant migrant refugee caller resident "
    "helper adult elder patient worker youth staff male female zena zene zeni muskarac muskarci deca djeca dete "
    "dijete volonter volonteri ucesnik ucesnici uceshik ucesnik femije grua gra burra vullnetar pjesemarres inhabitant "
    "stanovnik stanovnika detsa asylum_seeker",
    "beneficiary": "beneficiary beneficiaries",
    "user": "user client korisnik korisnici korisnika korisnica perfitues perfituesit service_user",
    "member": "member clan clanovi clanica clanice clanova anetar anetare",
    "applicant": "applicant podnosilac podnosioci aplikant",
    "household": "household hh family families porodica porodice porodica domacinstvo domacinstva domakinstvo "
    "domakinstva semejstvo semejstva familje familjet ekonomi_familjare obitelj obitelji kucanstvo kucanstva",
    "contact": "contact call phone_call poziv pozivi poziva povik povici thirrje thirrjet talk information "
    "conversation kontakt kontakti kontakata",
    "item": "item parcel package packet paket paketi paketa pako meal obrok obroci kit hygiene_kit mask maska maske "
    "bed krevet blanket voucher medicine school_supplies piece komad komada kom artikl",
    "service": "service usluga usluge uslugi sherbim sherbime visit poseta posjeta posete posjete errand session "
    "counselling counselling_session legal_advice overnight transport attendance day_centre_attendance interpretation "
    "workshop radionica radionice",
    "organisation": "organisation organization organizacija organizacije organizata cso ngo ocd nvo provider "
    "association udruzenje udruzenja udruga",
    "application": "application proposal bid prijava prijave aplikacija aplikim aplikime",
    "grant": "grant award grantovi granta",
    PERCENT: "percent % per_cent pct procenat procenata procenti procent posto postotak postotaka perqind perqindje "
    "percentage share",
    POINTS: "percentage_point pp p.p. p.p pct_point procentni_poen procentna_poena procentnih_poena postotni_bod "
    "postotnih_bodova procentni_poeni pike_perqindje",
    SCORE: "score point index rating grade ocjena ocena bod bodovi bodova poen poeni poena pike",
    "money:EUR": "eur € euro evro evra eura eure",
    "money:USD": "usd $ dollar us_dollar dolar",
    "money:RSD": "rsd din dinar dinara dinari",
    "money:MKD": "mkd denar denari",
    "money:ALL": "all lek leke leku",
    "money:BAM": "bam konvertibilna_marka konvertibilnih_maraka",
    "money:GBP": "gbp £ pound",
    "money:CHF": "chf",
}
_KIND_OF = {word.replace("_", " "): kind for kind, words in _KINDS.items() for word in words.split()}

_SCALES = {
    10**3: "thousand k 000 '000 hiljada hiljade hiljadu tisuca tisuce iljada iljadi mije",
    10**6: "million mil mio mln miliona milion milioni milijun milijuna milijuni milione",
    10**9: "billion bn milijarda milijarde milijardi miliarde",
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words.split()}

#: Kinds whose numbers are measured or computed, so that decimals are the rule and three of them no thousands.
_MEASURED = {PERCENT, POINTS, SCORE}
_MEASURED_WORDS = {"ratio", "rate", "average", "mean", "hour", "kg", "kilogram", "km", "litre", "liter", "tonne", "m2"}
_IN_SCALE = re.compile(
    r"\b(?:in|u|vo|ne) (million|thousand|billion|milion|milijun|hiljad|iljad|tisuc|miliard|milijard)"
)

#: Words that sources use for more than one kind: a member may be a person or an organisation.
_EITHER = {
    "user": {"person", "beneficiary"},
    "member": {"person", "organisation"},
    "applicant": {"person", "organisation", "application"},
}

#: Things that are never parts of one another, whatever a source calls them.
APART = {"person", "household", "item", "contact"}


@dataclass(frozen=True)
class Unit:
    """A unit understood: `kind` is the same for units that may be added, `scale` 1,000 or 1,000,000 if it says so.

    `word` is what the source writes; an unknown word is a kind of its own. `per`: 1000 for rates per thousand.
    `soft`: the scale comes from the claim (“in millions”), so it may belong to other figures of the claim.
    """

    word: str = ""
    kind: str = ""
    scale: int = 1
    per: int | None = None
    soft: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the unit is one of the words of this file."""
        return self.kind in _KINDS

    @property
    def is_money(self) -> bool:
        return self.kind.startswith("money")

    @property
    def is_measured(self) -> bool:
        """Whether decimals are the rule (percent, scores, rates, millions), not whole things."""
        words = set(self.kind.split())
        return self.kind in _MEASURED or self.scale > 1 or self.per is not None or bool(words & _MEASURED_WORDS)

    @property
    def rounds_whole(self) -> bool:
        """Whether a whole number is itself a rounding (24 percent, 3 million), not a count of three things."""
        return self.kind in (PERCENT, POINTS) or self.scale > 1 or self.per is not None

    def names(self, word: str) -> bool:
        """Whether a word beside a number is this unit in some form: 450 volontera, 302 calls."""
        if not word or not self.kind:
            return False
        if _kind(word) == self.kind:
            return True
        words = _KINDS.get(self.kind, self.kind).split()
        return any(_one_word(word, each) for each in words if len(each) > 4 and len(word) > 4)

    def same_as(self, other: "Unit") -> bool:
        """Whether both count the same kind of thing; a unit that is not told may be any."""
        if not self.kind or not other.kind or self.kind == other.kind:
            return True
        if other.kind in _EITHER.get(self.kind, ()) or self.kind in _EITHER.get(other.kind, ()):
            return True
        return not (self.is_known or other.is_known) and _one_word(self.kind, other.kind)

    def never_part_of(self, other: "Unit") -> bool:
        """Whether one can by nature be no part of the other: persons of households, parcels of persons, EUR of RSD."""
        if self.same_as(other):
            return False
        apart = [unit.kind in APART or unit.is_money for unit in (self, other)]
        return all(apart)


@lru_cache(maxsize=4096)
def read_unit(text: str, claim: str = "") -> Unit:
    """The unit a source means: `persons` and `особе` are one kind, `EUR million` is EUR with a scale.

    A claim that says “(in millions)” gives the scale where the unit does not.
    """
    raw, word = str(text).strip(), fold(str(text))
    if not word:
        return Unit()
    if raw == "KM":
        return Unit(raw, "money:BAM")
    rate = re.search(r"\b(?:per|na|ne) (1[., ]?000(?:[., ]?000)?|100[., ]?000|10[., ]?000|100)\b", word)
    if rate:
        return Unit(raw, word, per=int(re.sub(r"\D", "", rate[1])))
    scale, kept = 1, []
    for part in word.replace(",", " ").split():
        known = _SCALE_OF.get(part) or _SCALE_OF.get(part.rstrip(".s"))
        if known is None and part == "m" and ("€" in word or "eur" in word.split()):
            known = 10**6
        if known:
            scale *= known
        else:
            kept.append(part)
    told = _IN_SCALE.search(fold(claim)) if scale == 1 else None
    if told:
        scale = next(size for name, size in _SCALE_OF.items() if name.startswith(told[1]))
    return Unit(raw, _kind(" ".join(kept)), scale, soft=bool(told))


def _kind(word: str) -> str:
    word = word.strip(" .()").replace("_", " ").replace("-", " ")
    known = _known(word)
    if known is None and " " in word and " per " not in f" {word} ":
        head = re.split(r" (?:of|with|in|under|over|aged|from|for|sa|od|me|nga|so) ", word)[0].split() or [word]
        kinds = {kind for each in (head[0], head[-1]) if (kind := _known(each))}
        known = kinds.pop() if len(kinds) == 1 else None  # food parcels, people with disabilities
    return known or re.sub("ies$", "y", word).removesuffix("s")


def _known(word: str) -> str | None:
    for form in (word, re.sub("ies$", "y", word), word.removesuffix("s"), word.removesuffix("es")):
        if form in _KIND_OF:
            return _KIND_OF[form]
    return None


def _one_word(one: str, other: str) -> bool:
    """Whether two words unknown here are forms of one: izvestaj, izvestaji; box, boxes."""
    alike = len(commonprefix((one, other)))
    return alike >= 3 and alike >= 0.7 * max(len(one), len(other))


def share_factor(unit: Unit) -> Fraction:
    """By what a quotient is multiplied to be printed in this unit: 100 for percent, 1000 for a rate per thousand."""
    if unit.per:
        return Fraction(unit.per)
    return Fraction(1) if unit.kind in ("ratio", "fraction", "proportion") else Fraction(100)
