"""The probabilistic model: for each field, levels of agreement on encodings, and how likely each is.

The model is Splink's (Fellegi and Sunter): for every level, m is how often it occurs between two records of one
person, u between records of two different people. u is measured inside the walls on random pairs and comes with the
files; m is learned from the round itself, held by a prior that decides where a round is too small to learn from.

One thing is added to it: kin. People of one household share surname, father and home without being one person; two
classes of pairs (one person, strangers) would take a family for one person. So what a household shares can never say
more than "the same household", whose chance is learned as well (`Model.kin`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One level of a field: what it is, when it holds (SQL on columns with _l and _r), and its priors."""

    label: str
    when: str
    m: float
    u: float


@dataclass(frozen=True)
class Field:
    """One thing that is compared. `missing` (SQL) says when it cannot be; levels hold in their order."""

    name: str
    missing: str
    levels: tuple[Level, ...]
    learned: bool = True


def _ones(column: str) -> str:
    return f"cast(bit_count({column}) as int)"


def _alike(a: str, b: str, words: int, share: str) -> str:
    """Dice's coefficient of two filters is at least `share` ("7/10")."""
    up, down = share.split("/")
    both = " + ".join(_ones(f"({a}_{i}_l & {b}_{i}_r)") for i in range(words))
    each = " + ".join(f"{_ones(f'{a}_{i}_l')} + {_ones(f'{b}_{i}_r')}" for i in range(words))
    return f"({both}) * 2 * {down} >= ({each}) * {up}"


def _within(role: str) -> str:
    """Nearly all of the shorter name is in the longer one: Jovana in Jovana Marija, Petrović in Petrović-Ilić."""
    words = (f"{role}_0", f"{role}_1")
    both = " + ".join(_ones(f"({word}_l & {word}_r)") for word in words)
    left, right = (" + ".join(_ones(f"{word}_{side}") for word in words) for side in "lr")
    return f"({both}) * 10 >= least({left}, {right}) * 9"


def _same(*columns: str) -> str:
    return " and ".join(f"{column}_l = {column}_r" for column in columns)


def fields(roles: Iterable[str]) -> list[Field]:
    """What is compared when files have these roles."""
    roles = set(roles)
    if "birth_year" in roles:
        roles.add("born")
    found = [_name(role, roles) for role in ("given", "family", "father") if role in roles]
    if "born" in roles:
        found.append(_born())
    found += [_equal("sex", m=0.975, u=0.5)] if "sex" in roles else []
    if roles & {"place", "postcode", "street", "number", "phone"}:
        found.append(_home(roles))
    if "document" in roles:
        found.append(_document())
    found += [_equal("nationality", m=0.9, u=0.3)] if "nationality" in roles else []
    return found


def _name(role: str, roles: set[str]) -> Field:
    close = f"{role}_bones_l = {role}_bones_r or {_alike(role, role, 2, '7/10')}"
    levels = [
        Level("common name", f"{role}_common_l = {role}_common_r", 0.25, 0.004),
        Level("same", _same(f"{role}_0", f"{role}_1"), 0.49, 0.008),
        Level(
            "spelled otherwise",
            f"{role}_bones_l = {role}_bones_r or {role}_bones_l = {role}_other_r or {role}_other_l = {role}_bones_r",
            0.12,
            0.006,
        ),
        Level("much alike", _alike(role, role, 2, "7/10"), 0.05, 0.003),
        Level("one within the other", _within(role), 0.03, 0.002),
        Level("somewhat alike", _alike(role, role, 2, "1/2"), 0.02, 0.06),
        # Surnames change with marriage; a wholly other given name is hardly ever the same person.
        Level("other", "else", 0.03 if role == "family" else 0.008, 0.913),
    ]
    missing = f"{role}_0_l is null or {role}_0_r is null"
    if role in ("given", "family") and {"given", "family"} <= roles:
        swapped, lone, whole = _across()
        if role == "given":
            # Names in each other's place, or cut into given name and surname elsewhere, are told here, once for both.
            surname = f"family_bones_l = family_bones_r or {_alike('family', 'family', 2, '1/2')}"
            whole = f"({whole} and not coalesce({surname}, false))"
            levels.insert(4, Level("cut otherwise", f"{swapped} or {lone} or {whole}", 0.03, 0.001))
            missing = f"({missing}) and not ({lone} or {whole})"
        else:
            missing = f"{missing} or (({swapped} or {whole}) and not ({close}))"
    return Field(role, missing, tuple(levels))


def _across() -> tuple[str, str, str]:
    """SQL: the two names swapped; a lone name that is the other's second one; the whole name much alike."""

    def sure(sql: str) -> str:
        return f"coalesce({sql}, false)"

    swapped = sure("given_bones_l = family_bones_r and family_bones_l = given_bones_r")
    lone = " or ".join(
        sure(f"{a}_bones_{x} is null and {b}_bones_{x} = {a}_bones_{y}")
        for a, b in (("family", "given"), ("given", "family"))
        for x, y in (("l", "r"), ("r", "l"))
    )

    def both(side: str, word: int) -> str:
        return f"(coalesce(given_{word}_{side}, 0) | coalesce(family_{word}_{side}, 0))"

    shared = " + ".join(_ones(f"{both('l', word)} & {both('r', word)}") for word in (0, 1))
    each = " + ".join(_ones(both(side, word)) for side in "lr" for word in (0, 1))
    return swapped, f"({lone})", f"({shared}) * 2 * 20 >= ({each}) * 17"


def _born() -> Field:
    two = f"({_same('year')} and (({_same('month')}) or ({_same('day')}))) or ({_same('month', 'day')})"
    return Field(
        "born",
        "year_l is null or year_r is null",
        (
            Level("same day", _same("year", "month", "day"), 0.80, 0.00004),
            Level("day and month swapped", "year_l = year_r and month_l = day_r and day_l = month_r", 0.02, 0.00003),
            Level("two parts of three", two, 0.08, 0.003),
            Level("same year, no day", "year_l = year_r and (day_l is null or day_r is null)", 0.05, 0.005),
            Level("same year", "year_l = year_r", 0.015, 0.015),
            Level("two years apart at most", _alike("years", "years", 1, "3/5"), 0.02, 0.06),
            Level("other", "else", 0.015, 0.917),
        ),
    )


def _equal(role: str, m: float, u: float) -> Field:
    levels = (Level("same", f"{role}_l = {role}_r", m, u), Level("other", "else", 1 - m, 1 - u))
    return Field(role, f"{role}_l is null or {role}_r is null", levels)


def _home(roles: set[str]) -> Field:
    """Everything a household shares, in one field: counted apart, it would make one person of a whole family."""

    def has(role, sql):
        return f"coalesce({sql}, false)" if role in roles else "false"

    phone, number = has("phone", _same("phone")), has("number", _same("number"))
    street = has("street", f"{_same('street')} or {_alike('street', 'street', 1, '7/10')}")
    place = has("place", f"{_same('place')} or {_alike('place', 'place', 1, '7/10')}")
    postcode = has("postcode", f"{_same('postcode')} or {_alike('postcode', 'postcode', 1, '9/10')}")
    area = f"(({place}) or ({postcode}))"
    levels = []
    if "phone" in roles:
        levels.append(Level("same telephone", phone, 0.35, 0.0003))
    if "street" in roles:
        levels.append(Level("same address", f"({street}) and ({number}) and {area}", 0.35, 0.0003))
        levels.append(Level("same street", f"({street}) and ({area} or ({number}))", 0.1, 0.001))
    if {"place", "postcode"} <= roles:
        levels.append(Level("same place and postcode", f"({place}) and ({postcode})", 0.3, 0.02))
    if roles & {"place", "postcode"}:
        levels.append(Level("same place", area, 0.3, 0.06))
    elif "street" in roles:
        levels.append(Level("same street name", f"({street})", 0.2, 0.01))
    levels.append(Level("other", "else", 0.2, 0.9))
    there = [role for role in ("place", "postcode", "street", "number", "phone") if role in roles]
    missing = " and ".join(f"({role}_l is null or {role}_r is null)" for role in there)
    total_m, total_u = sum(level.m for level in levels), sum(level.u for level in levels)
    return Field(
        "home", missing, tuple(Level(each.label, each.when, each.m / total_m, each.u / total_u) for each in levels)
    )


def _document() -> Field:
    return Field(
        "document",
        "document_l is null or document_r is null",
        (
            Level("same", _same("document"), 0.86, 1e-6),
            Level("a slip apart", _alike("document", "document", 1, "3/4"), 0.06, 0.001),
            Level("other", "else", 0.08, 0.998999),
        ),
    )


def level_sql(field: Field) -> str:
    """SQL that gives the level of a pair: 0 for the last, upwards; -1 where the field cannot be compared."""
    top = len(field.levels) - 1
    cases = "".join(f" when {level.when} then {top - i}" for i, level in enumerate(field.levels[:-1]))
    return f"case when {field.missing} then -1{cases} else 0 end"


def count_levels(left, right) -> dict[str, list[int]]:
    """How many pairs (row i of one Arrow table with row i of the other) stand at each level, 0 upwards."""
    import duckdb
    import pyarrow as pa

    names = left.column_names
    both = pa.Table.from_arrays(
        [*left.columns, *right.columns], names=[f"{n}_l" for n in names] + [f"{n}_r" for n in names]
    )
    found = {}
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("drawn", both)
        for field in fields(roles_of(names)):
            rows = con.execute(f"select {level_sql(field)} as level, count(*) from drawn group by 1").fetchall()
            found[field.name] = [dict(rows).get(level, 0) for level in range(len(field.levels))]
    return found


def roles_of(columns: Iterable[str]) -> set[str]:
    """The roles whose columns these are."""
    columns = set(columns)
    names = {"given", "family", "father", "sex", "place", "postcode", "street", "number", "phone", "document"}
    found = {role for role in names | {"nationality"} if role in columns or f"{role}_bones" in columns}
    return found | ({"born"} if "year" in columns else set())


SHARED = ("family", "father", "home")  # what a household shares
_BORN_TOGETHER = 0.03  # how often two people of one household were born the same day


@dataclass
class Model:
    """Probabilities for a round: `prior` that two records are one person, `kin` that they are two people of one
    household, m and u by field and level (0 upwards)."""

    fields: list[Field]
    prior: float
    kin: float
    m: dict[str, list[float]]
    u: dict[str, list[float]]

    def twins(self) -> float:
        """How much likelier kin were born on the same day than strangers."""
        return max(_BORN_TOGETHER / self.u["born"][-1], 1.0)

    def odds_sql(self) -> str:
        """The logarithm (base 2) of the odds that a pair is one person, from Splink's columns of weights.

        Splink's weight takes every other pair for strangers. Here the others are strangers or kin: the likelihood of
        kin is that of strangers times 2 to the weights of what a household shares.
        """
        names = {field.name for field in self.fields}
        shared = " + ".join(f"mw_{name}" for name in SHARED if name in names)
        if not shared:
            return "match_weight"
        together = ""
        if "born" in names:
            from math import log2

            same_day = log2(self.m["born"][-1] / self.u["born"][-1])
            together = f" + case when mw_born > {same_day - 1e-6!r} then {log2(self.twins())!r} else 0 end"
        return f"match_weight - log2({1 - self.kin!r} + {self.kin!r} * power(2.0, {shared}{together}))"

    def settings(self, **more) -> dict:
        """The model as settings of Splink."""
        comparisons = []
        for field in self.fields:
            top = len(field.levels) - 1
            levels = [{"sql_condition": field.missing, "label_for_charts": "missing", "is_null_level": True}]
            for i, level in enumerate(field.levels):
                levels.append(
                    {
                        "sql_condition": "ELSE" if level.when == "else" else level.when,
                        "label_for_charts": level.label,
                        "m_probability": self.m[field.name][top - i],
                        "u_probability": self.u[field.name][top - i],
                    }
                )
            comparisons.append({"output_column_name": field.name, "comparison_levels": levels})
        return {
            "link_type": "dedupe_only",
            "unique_id_column_name": "row",
            "probability_two_random_records_match": self.prior,
            "comparisons": comparisons,
            "blocking_rules_to_generate_predictions": ["l.block = r.block"],
            "retain_matching_columns": False,
            "retain_intermediate_calculation_columns": False,
        } | more


_CHANCE_WEIGHT = 500.0  # pairs that the prior of u counts as
_ENOUGH = 100  # records that measure chance well
_TWICE = 0.3  # records of a file, at most, whose person stands in it once more
_MATCH_WEIGHT = 150.0  # pairs that the prior of m counts as
_BORN_HELD = 0.3  # and for given names and birth dates so many of each match: kin and namesakes teach it amiss

_SMALL, _SMALL_RECORDS = 1500.0, 200  # and so many more where records are few: namesakes would be all there is to learn


def beginning(roles: Iterable[str], files: list[Mapping]) -> Model:
    """The model before it has learned: m from the priors, u from what the files measured, smoothed by the priors."""
    found = fields(roles)
    records = sum(file["records"] for file in files)
    m, u = {}, {}
    for field in found:
        counts = [level.u * _CHANCE_WEIGHT for level in reversed(field.levels)]
        for file in files:
            measured = file.get("chance", {}).get("levels", {}).get(field.name)
            if measured and len(measured) == len(counts):
                # Of pairs drawn from a few rows some are one person twice: as many as may be are taken off, and the
                # fewer the rows, the less they say about chance.
                trust = min(1.0, file["records"] / _ENOUGH)
                twice = sum(measured) * min(2 * _TWICE / max(file["records"], 1), 1.0)
                same = _shares([level.m for level in reversed(field.levels)])
                counts = [a + max(b - twice * c, 0.0) * trust for a, b, c in zip(counts, measured, same, strict=True)]
        u[field.name] = _shares(counts)
        m[field.name] = _shares([level.m for level in reversed(field.levels)])
    if {"given", "family"} <= set(u):
        _add_namesakes(found, m, u, files)
    pairs = max(records * (records - 1) / 2, 1)
    return Model(found, min(0.3 * max(records, 2) / pairs, 0.1), min(_KIN / max(records, 2), 0.2), m, u)


def _add_namesakes(found: list[Field], m: dict, u: dict, files: list[Mapping]) -> None:
    """Given names, surnames and fathers' names go together (of one people, one region), so that namesakes are commoner
    than the chances multiplied. How much commoner, the files have counted among people born in different years."""

    def more(what: str, expected: float) -> float:
        alike, of = (sum(file["namesakes"][what][i] for file in files) for i in (0, 1))
        return min(max((alike + 1) / (expected * of + 1), 1.0), 50.0)

    names = more("names", sum(u["given"][-3:]) * sum(u["family"][-3:]))
    alike = " and ".join(
        f"({role}_bones_l = {role}_bones_r or {_alike(role, role, 2, '7/10')})" for role in ("given", "family")
    )
    levels = [Level("both names alike", alike, 0.5 / names, 0.5), Level("other", "else", 0.5, 0.5)]
    if "father" in u:
        fathers = more("fathers", sum(u["father"][-3:])) * names
        levels.insert(0, Level("and the father's", f"{alike} and father_bones_l = father_bones_r", 0.5 / fathers, 0.5))
    missing = "given_bones_l is null or given_bones_r is null or family_bones_l is null or family_bones_r is null"
    found.append(Field("namesakes", missing, tuple(levels), learned=False))
    m["namesakes"] = [level.m for level in reversed(levels)]
    u["namesakes"] = [level.u for level in reversed(levels)]


_KIN = 2.0  # others of one's household among the records, before anything is learned
_KIN_MOST = 12.0


def learn(model: Model, patterns: list[tuple[tuple[int, ...], int]], records: int, share: float, rounds=40) -> Model:
    """Learns m, the prior and the share of kin by expectation and maximisation, u held fast.

    `patterns` are (levels of the fields in order, number of candidate pairs) of that `share` of all pairs; pairs that
    nobody compared count as strangers. The priors of m stay in as so many pairs.
    """
    import numpy as np

    if not patterns:
        return model
    levels = np.array([levels for levels, _ in patterns], dtype=np.int64)
    counts = np.array([count for _, count in patterns], dtype=float)
    pairs = max(records * (records - 1) / 2, 1) * share
    u = {name: np.array(shares) for name, shares in model.u.items()}
    m = {name: np.array(shares) for name, shares in model.m.items()}
    first = {name: shares.copy() for name, shares in m.items()}
    prior, kin, expected = model.prior, model.kin, max(model.prior * pairs, 1e-9)
    names = [field.name for field in model.fields]
    twin = np.zeros(len(levels))
    if "born" in names:
        twin[levels[:, names.index("born")] == len(u["born"]) - 1] = np.log(model.twins())
    small = _SMALL * min(1.0, _SMALL_RECORDS / max(records, 1))
    for _ in range(rounds):
        weights = {}
        for i, name in enumerate(names):
            ratio = np.log(m[name] / u[name])
            weights[name] = np.where(levels[:, i] >= 0, ratio[np.maximum(levels[:, i], 0)], 0.0)
        shared = sum((weights[name] for name in SHARED if name in weights), np.zeros(len(levels)))
        same = np.exp(np.log(prior) + sum(weights.values()))
        akin = np.exp(np.log(kin) + shared + twin) if any(name in weights for name in SHARED) else 0 * same
        total = same + akin + (1 - prior - kin)
        chance, family = same / total * counts, akin / total * counts
        for i, name in enumerate(names):
            if not model.fields[i].learned:
                continue
            there = levels[:, i] >= 0
            seen = np.bincount(levels[there, i], chance[there], minlength=len(m[name]))
            held = _MATCH_WEIGHT + (_BORN_HELD * seen.sum() + small if name in ("given", "born") else 0)
            m[name] = (seen + first[name] * held) / (seen.sum() + held)
        weight = min(2.0, expected)
        prior = float(np.clip((chance.sum() + weight) / (pairs + weight * pairs / expected), 1e-12, 0.3))
        kin = float(np.clip((family.sum() + 2) / (pairs + 2 / model.kin), model.kin / 20, _KIN_MOST / max(records, 50)))
    return Model(model.fields, prior, kin, {n: s.tolist() for n, s in m.items()}, {n: s.tolist() for n, s in u.items()})


def _shares(counts: list[float]) -> list[float]:
    total = sum(counts)
    return [count / total for count in counts]
