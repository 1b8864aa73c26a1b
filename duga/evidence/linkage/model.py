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

from duga.evidence.linkage.comparing import Field, Level, alike, fields, other_form

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
        days = _chance_of_days(files) if field.name == "born" else None
        counts = [chance * _CHANCE_WEIGHT for chance in days or [level.u for level in reversed(field.levels)]]
        for file in files:
            measured = file.get("chance", {}).get("levels", {}).get(field.name)
            if measured and len(measured) == len(counts):
                # Of pairs drawn from a few rows some are one person twice, where nothing says that they are two: as
                # many as may be are taken off, and the fewer the rows, the less they say about chance.
                sure = file["chance"]["sure"]["born" if field.name == "born" else "others"]
                trust = 1.0 if sure else min(1.0, file["records"] / _ENOUGH)
                twice = 0.0 if sure else sum(measured) * min(2 * _TWICE / max(file["records"], 1), 1.0)
                same = _shares([level.m for level in reversed(field.levels)])
                counts = [a + max(b - twice * c, 0.0) * trust for a, b, c in zip(counts, measured, same, strict=True)]
        u[field.name] = _shares(counts)
        if days:
            rare = [(days[i] * _DAYS_HELD + counts[i]) / (_DAYS_HELD + sum(counts)) for i in (-2, -1)]
            u["born"] = [*(share * (1 - sum(rare)) for share in _shares(counts[:-2])), *rare]
        m[field.name] = _same_days(field, files) if field.name == "born" else _same_names(field, files)
    if {"given", "family"} <= set(u):
        _add_namesakes(found, m, u, files)
    pairs = max(records * (records - 1) / 2, 1)
    return Model(found, min(0.3 * max(records, 2) / pairs, 0.1), min(_KIN / max(records, 2), 0.2), m, u)


def _same_names(field: Field, files: list[Mapping]) -> list[float]:
    """m of a field, 0 upwards. Of those whose name is written alike, as many bear a common one as do of all."""
    found = _shares([level.m for level in reversed(field.levels)])
    if field.levels[0].label == "common name":
        counted = [file.get("chance", {}).get("common", {}).get(field.name, (0, 0)) for file in files]
        common, of = (sum(column) for column in zip(*counted, strict=True))
        share = (common + 20 * found[-1] / (found[-1] + found[-2])) / (of + 20)
        found[-2:] = [(found[-1] + found[-2]) * (1 - share), (found[-1] + found[-2]) * share]
    return found


def _same_days(field: Field, files: list[Mapping]) -> list[float]:
    """m of the birth date's levels, 0 upwards: where few records have a day, the same year is all that can agree."""
    found = _shares([level.m for level in reversed(field.levels)])
    known = _days_known(files)
    without = found[3]  # same year, no day
    with_day = [share * known / (1 - without) for share in found]
    year_only = [found[0] * 1.5, found[1] * 2, 0, 0, 0, 0, 0]
    year_only[3] = 1 - sum(year_only)
    return [year_only[i] * (1 - known) + (0 if i == 3 else with_day[i]) for i in range(len(found))]


def _days_known(files: list[Mapping]) -> float:
    """The share of pairs with years in which both have a day too."""
    told = [file.get("chance", {}).get("days", [0] * 5) for file in files]
    return (sum(each[2] for each in told) + 19) / (sum(each[0] for each in told) + 20)


def _chance_of_days(files: list[Mapping]) -> list[float]:
    """u of the birth date's levels, 0 upwards, from how often years, months and days agree, each by itself.

    The same birthday is too rare to be counted in a few rows; its parts are not, and where every birthday is on the
    first, or all people are of one age, they say so.
    """
    years, same_year, days, same_month, same_day = (
        sum(column) for column in zip(*(file.get("chance", {}).get("days", [0] * 5) for file in files), strict=True)
    )
    year, month, day = (
        (same + share * _DAYS_WEIGHT) / (of + _DAYS_WEIGHT)
        for same, of, share in ((same_year, years, 0.02), (same_month, days, 1 / 12), (same_day, days, 1 / 30))
    )
    year, known = max(year, 1 / 80), _days_known(files)
    same = known * year * month * day
    two = known * (year * (month + day - 2 * month * day) + (1 - year) * month * day)
    found = [same, same * 0.7, two, (1 - known) * year, known * year * (1 - month) * (1 - day), min(4 * year, 0.5)]
    return _shares([max(1 - sum(found), 0.1), *(max(share, 1e-6) for share in reversed(found))])


_DAYS_WEIGHT = 60.0  # pairs that what is usual about years, months and days counts as
_DAYS_HELD = 20_000.0  # and pairs that what follows from them for whole days counts as


def _add_namesakes(found: list[Field], m: dict, u: dict, files: list[Mapping]) -> None:
    """Given names, surnames and fathers' names go together (of one people, one region), so that namesakes are commoner
    than the chances multiplied. How much commoner, the files have counted among people born in different years."""

    def more(what: str, expected: float) -> float:
        same, of = (sum(file["namesakes"][what][i] for file in files) for i in (0, 1))
        return min(max((same + 1) / (expected * of + 1), 1.0), 50.0)

    names = more("names", sum(u["given"][-3:]) * sum(u["family"][-3:]))
    both = " and ".join(
        f"({role}_bones_l = {role}_bones_r or {alike(role, role, 2, '7/10')})" for role in ("given", "family")
    )
    both = f"{both} and not ({other_form(set(u))})"
    levels = [Level("both names alike", both, 0.5 / names, 0.5), Level("other", "else", 0.5, 0.5)]
    if "father" in u:
        fathers = more("fathers", sum(u["father"][-3:])) * names
        levels.insert(0, Level("and the father's", f"{both} and father_bones_l = father_bones_r", 0.5 / fathers, 0.5))
    missing = "given_bones_l is null or given_bones_r is null or family_bones_l is null or family_bones_r is null"
    found.append(Field("namesakes", missing, tuple(levels), learned=False))
    m["namesakes"] = [level.m for level in reversed(levels)]
    u["namesakes"] = [level.u for level in reversed(levels)]


_KIN = 2.0  # others of one's household among the records, before anything is learned
_KIN_LEAST, _KIN_MOST = 10.0, 12.0  # what is learned lies between: the prior by this; so many others


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
            if name == "given" and "document" not in m:  # nothing would teach it but brothers and sisters
                m[name][0] = min(m[name][0], first[name][0])
                m[name] /= m[name].sum()
        weight = min(2.0, expected)
        prior = float(np.clip((chance.sum() + weight) / (pairs + weight * pairs / expected), 1e-12, 0.3))
        kin = float(
            np.clip((family.sum() + 2) / (pairs + 2 / model.kin), model.kin / _KIN_LEAST, _KIN_MOST / max(records, 50))
        )
    return Model(model.fields, prior, kin, {n: s.tolist() for n, s in m.items()}, {n: s.tolist() for n, s in u.items()})


def _shares(counts: list[float]) -> list[float]:
    total = sum(counts)
    return [count / total for count in counts]
