"""What is compared of two records: for each field, levels of agreement on encodings, as SQL, with their priors.

m is how often a level occurs between two records of one person, u between records of two different people. The priors
hold where a round is too small to learn from.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


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


def alike(a: str, b: str, words: int, share: str) -> str:
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
    close = f"{role}_bones_l = {role}_bones_r or {alike(role, role, 2, '7/10')}"
    levels = [
        Level("common name", f"{role}_common_l = {role}_common_r", 0.25, 0.004),
        Level("same", _same(f"{role}_0", f"{role}_1"), 0.49, 0.008),
        Level(
            "spelled otherwise",
            f"{role}_bones_l = {role}_bones_r or {role}_bones_l = {role}_other_r or {role}_other_l = {role}_bones_r",
            0.12,
            0.006,
        ),
        Level("much alike", alike(role, role, 2, "7/10"), 0.05, 0.003),
        Level("one within the other", _within(role), 0.03, 0.002),
        Level("somewhat alike", alike(role, role, 2, "1/2"), 0.02, 0.06),
        # Surnames change with marriage; a wholly other given name is hardly ever the same person.
        Level("other", "else", 0.03 if role == "family" else 0.008, 0.913),
    ]
    if role == "given":
        levels = [
            level if level.when == "else" else replace(level, when=f"not ({other_form(roles)}) and ({level.when})")
            for level in levels
        ]
    missing = f"{role}_0_l is null or {role}_0_r is null"
    if role in ("given", "family") and {"given", "family"} <= roles:
        swapped, lone, whole = _across()
        if role == "given":
            # Names in each other's place, or cut into given name and surname elsewhere, are told here, once for both.
            surname = f"family_bones_l = family_bones_r or {alike('family', 'family', 2, '1/2')}"
            whole = f"({whole} and not coalesce({surname}, false))"
            levels.insert(4, Level("cut otherwise", f"{swapped} or {lone} or {whole}", 0.03, 0.001))
            missing = f"({missing}) and not ({lone} or {whole})"
        else:
            missing = f"{missing} or (({swapped} or {whole}) and not ({close}))"
    return Field(role, missing, tuple(levels))


def other_form(roles: set[str]) -> str:
    """SQL: given names that end as a man's and a woman's do (Fatmir, Fatmire), unless their sex is the same."""
    same = "coalesce(sex_l = sex_r, false)" if "sex" in roles else "false"
    stem = "given_stem_l = given_stem_r or given_stem_l = given_short_r or given_short_l = given_stem_r"
    return f"coalesce(given_form_l <> given_form_r and ({stem}), false) and not {same}"


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
            Level("two years apart at most", alike("years", "years", 1, "3/5"), 0.02, 0.06),
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
    street = has("street", f"{_same('street')} or {alike('street', 'street', 1, '7/10')}")
    place = has("place", f"{_same('place')} or {alike('place', 'place', 1, '7/10')}")
    postcode = has("postcode", f"{_same('postcode')} or {alike('postcode', 'postcode', 1, '9/10')}")
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
            Level("a slip apart", alike("document", "document", 1, "3/4"), 0.06, 0.001),
            Level("other", "else", 0.08, 0.998999),
        ),
    )


def level_sql(field: Field) -> str:
    """SQL that gives the level of a pair: 0 for the last, upwards; -1 where the field cannot be compared."""
    top = len(field.levels) - 1
    cases = "".join(f" when {level.when} then {top - i}" for i, level in enumerate(field.levels[:-1]))
    return f"case when {field.missing} then -1{cases} else 0 end"


def count_levels(left, right, apart, named) -> dict[str, list[int]]:
    """How many pairs (row i of one Arrow table with row i of the other) stand at each level, 0 upwards.

    Of the birth date among pairs that are `named`, of all else among those that are `apart` (arrays of truths).
    """
    import duckdb
    import pyarrow as pa

    names = left.column_names
    both = pa.Table.from_arrays(
        [*left.columns, *right.columns, pa.array(apart), pa.array(named)],
        names=[*(f"{n}_l" for n in names), *(f"{n}_r" for n in names), "apart", "named"],
    )
    found = {}
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("drawn", both)
        for field in fields(roles_of(names)):
            sure = "named" if field.name == "born" else "apart"
            rows = con.execute(
                f"select {level_sql(field)} as level, count(*) from drawn where {sure} group by 1"
            ).fetchall()
            found[field.name] = [dict(rows).get(level, 0) for level in range(len(field.levels))]
    return found


def roles_of(columns: Iterable[str]) -> set[str]:
    """The roles whose columns these are."""
    columns = set(columns)
    names = {"given", "family", "father", "sex", "place", "postcode", "street", "number", "phone", "document"}
    found = {role for role in names | {"nationality"} if role in columns or f"{role}_bones" in columns}
    return found | ({"born"} if "year" in columns else set())
