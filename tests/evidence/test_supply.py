"""Supply: frozen under its own fingerprint, counted as a plain loop counts it, nothing told of secret places."""

import datetime as dt
import json
import math
import random
import re
from collections import defaultdict
from decimal import Decimal
from itertools import product
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from config.cli import duga
from duga.evidence import engines, indicators, supply
from duga.evidence.model import ALL
from duga.evidence.population import Population
from duga.evidence.supply.words import ANY, DIMENSIONS, NOT_REGIONS, TABLES, WITHHELD, WORDS
from duga.plain.errors import NotFound, Refused

DAY = dt.date(2026, 11, 22)
AREAS = {"ME": ["ME-12", "ME-05", "unknown"], "RS": ["RS-20", "RS-00", "whole_country"]}
KINDS = ["legal_aid", "day_centre", "home_visit"]
GROUPS = ["older_people", "roma", "general"]


def some(dice, words, most=2):
    return dice.sample(words, dice.randint(1, most))


def invented(number=300, seed=7):
    """The tables of an invented directory."""
    dice = random.Random(seed)
    services, capacities, steps = [], [], []
    for key in range(1, number + 1):
        country = dice.choice(["ME", "RS"])
        secret = dice.random() < 0.1
        told = {
            "service": key,
            "country": country,
            "area": [WITHHELD] if secret else some(dice, AREAS[country]),
            "service_type": ["shelter", "legal_aid"][: dice.randint(1, 2)] if secret else some(dice, KINDS),
            "target_group": some(dice, GROUPS),
            "provider_kind": dice.choice(["association", "state"]),
        }
        services.append(
            told
            | {
                "provider": dice.randint(1, number // 4), "licence": dice.choice(WORDS["licence"]),
                "verified": dice.choice(WORDS["verified"]), "language": some(dice, ["sr", "sq", "ar"]),
                "hours": dice.choice(WORDS["hours"]), "accessible": some(dice, ["step_free", "lift"]),
            }
        )  # fmt: skip
        if dice.random() < 0.4:
            most = Decimal(dice.randint(0, 40)) if dice.random() < 0.8 else None
            free = Decimal(dice.randint(0, 9)) / 2 if dice.random() < 0.5 else None
            capacities.append(told | {"unit": dice.choice(["bed", "place"]), "places": most, "free": free})
        for step in WORDS["step"][: dice.randint(0, 3)]:
            month = dt.date(dice.randint(2023, 2026), dice.randint(1, 12), 1)
            steps.append({name: told[name] for name in ("service", "country")} | {"step": step, "month": month})
    homes = [
        supply.Settlement(c, a, 42 + dice.random() * 3, 19 + dice.random() * 3, dice.choice([None, 200, 9000]))
        for c in AREAS
        for a in AREAS[c][:2]
        for _n in range(20)
    ]
    places = [("ME", some(dice, KINDS), 42 + dice.random() * 3, 19 + dice.random() * 3) for _n in range(30)]
    funds = [
        {
            "country": "ME", "area": dice.choice(AREAS["ME"]), "service_type": kind, "year": year, "payer": payer,
            "unit": "EUR", "planned": Decimal(dice.randint(0, 10**6)) / 100, "spent": [5, None][year == 2026],
        }
        for kind in KINDS
        for year in (2024, 2025, 2026)
        for payer in ("state", "municipality")
    ]  # fmt: skip
    return {
        "services": services, "capacities": capacities, "licences": steps,
        "reach": list(supply.within_reach(homes, places)), "funds": funds,
    }, homes, places  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    tables, homes, places = invented()
    folder = tmp_path_factory.mktemp("snapshot")
    return SimpleNamespace(
        tables=tables, homes=homes, places=places, frozen=supply.freeze(tables, folder, as_of=DAY), folder=folder
    )


def words_in(row, name):
    """A row's words of a dimension, times included."""
    if name == "year" and "month" in row:
        return [str(row["month"].year)]
    value = row[name]
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def twin(rows, by, *, of, key=None, value=None):
    """The slow, obvious way: every row put into every cell that its words name, one cell and one total at a time."""
    cells = defaultdict(set if key else Decimal)
    for row in rows:
        words = {name: words_in(row, name) for name in by} | {name: words_in(row, name) for name in of}
        words = {name: [w for w in told if w in of.get(name, told)] for name, told in words.items()}
        if not all(words.values()):
            continue
        for label in {each for each in product(*([*words[name], ALL] for name in by)) if lies_within(by, each)}:
            if key:
                cells[label].add(row[key])
            elif row[value] is not None:
                cells[label] += row[value]
    return {label: len(told) if key else told for label, told in cells.items()}


def lies_within(by, label):
    """No region without its country where both are asked for."""
    told = dict(zip(by, label, strict=True))
    return not (told.get("country") == ALL and told.get("area", ALL) != ALL)


def counted(world, code, **question):
    table = engines.count(indicators.find(code), world.frozen, **question)
    return {label: cell.value for label, cell in table.cells.items()}


@pytest.mark.parametrize(
    "by, where",
    [
        ((), {}),
        (("country", "area"), {}),
        (("area", "service_type", "target_group"), {"country": "ME"}),
        (("service_type", "language"), {"language": ("ar", "sq"), "provider_kind": ("state",)}),
        (("licence", "verified"), {"service_type": ("legal_aid",)}),
        (("accessible", "hours"), {}),
    ],
)
def test_services_and_providers_are_counted_as_a_loop_counts_them(world, by, where):
    of = {name: words if isinstance(words, tuple) else (words,) for name, words in where.items()}
    for code, key in (("services_offered", "service"), ("providers_listed", "provider")):
        assert counted(world, code, by=by, where=where) == twin(world.tables["services"], by, of=of, key=key)


def test_places_are_added_one_unit_at_a_time_and_what_is_not_told_is_said(world):
    for code, value in (("places_offered", "places"), ("places_free", "free")):
        found = counted(world, code, by=("country", "area", "unit"))
        wanted = twin(world.tables["capacities"], ("country", "area", "unit"), of={}, value=value)
        assert found == {label: number for label, number in wanted.items() if label[2] != ALL}
    table = engines.count(indicators.find("places_offered"), world.frozen, where={"unit": "bed"})
    beds = [row for row in world.tables["capacities"] if row["unit"] == "bed"]
    assert f"{sum(row['places'] is None for row in beds)} of {len(beds)}" in table.notes[0] and table.unit == "bed"
    with pytest.raises(Refused, match="by unit"):
        engines.count(indicators.find("places_offered"), world.frozen, by=("country",))


def test_steps_to_a_licence_count_each_service_once_in_a_year_and_in_the_total(world):
    rows = world.tables["licences"]
    for code, step in (("licences_begun", "begun"), ("licences_granted", "licensed")):
        found = counted(world, code, by=("country", "year"))
        assert found == twin(rows, ("country", "year"), of={"step": (step,)}, key="service")
    later = [row for row in rows if row["month"] >= dt.date(2025, 7, 1)]
    found = counted(world, "licences_applied_for", by=("country",), period="2025-07..2026-12")
    assert found == twin(later, ("country",), of={"step": ("applied",)}, key="service")


def test_funds_are_added_by_year_in_one_currency(world):
    found = counted(world, "funds_planned", by=("service_type", "year"), where={"unit": "EUR"})
    assert found == twin(world.tables["funds"], ("service_type", "year"), of={}, value="planned")
    spent = counted(world, "funds_spent", where={"unit": "EUR"}, period="2024..2026")
    assert spent == {(): 60}  # of 2026 nothing is told, and nothing is added


def test_shares_and_rates_are_worked_out_from_both_counts(world):
    rows = world.tables["services"]
    table = engines.count(indicators.find("services_licensed"), world.frozen, by=("country",))
    for country in ("ME", "RS"):
        known = [row for row in rows if row["country"] == country and row["licence"] != "no_rules"]
        held = sum(row["licence"] in ("in_force", "limited") for row in known)
        cell = table.cells[country,]
        assert cell.terms == (held, len(known)) and cell.value == round(Decimal(100 * held) / len(known), 1)
    rate = indicators.find("services_per_100000").with_population(Population.read({"ME": 620000, "RS": 6600000}))
    cell = engines.count(rate, world.frozen, by=("country",)).cells["ME",]
    assert cell.terms == (sum(row["country"] == "ME" for row in rows), 620000)


# --- Reach ----------------------------------------------------------------------------------------------


def kilometres(one, other):
    """The haversine formula, for one pair."""
    a, b = (math.radians(each) for each in (one[0], other[0]))
    away = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(away))


def test_reach_is_what_a_loop_over_all_pairs_finds(world):
    found = {(r["country"], r["area"], r["service_type"], r["distance"]): r for r in world.tables["reach"]}
    wanted = defaultdict(lambda: [0, 0, 0])
    for home, kind in product(world.homes, [*KINDS, ANY]):
        away = [
            kilometres((home.latitude, home.longitude), (latitude, longitude))
            for country, kinds, latitude, longitude in world.places
            if country == home.country and (kind == ANY or kind in kinds)
        ]
        nearest = min(away, default=math.inf)
        band = next((w for w, end in zip(WORDS["distance"], (5, 10, 25, 50), strict=False) if nearest < end), "50+")
        row = wanted[home.country, home.area, kind, band]
        row[0] += home.population or 0
        row[1] += 1
        row[2] += home.population is None
    assert {key: [row["people"] or 0, row["settlements"], row["unknown"]] for key, row in found.items()} == wanted
    near = engines.count(indicators.find("people_within_10_km"), world.frozen, where={"service_type": ANY})
    people = sum(home.population or 0 for home in world.homes)
    assert near.cells[()].terms[1] == people
    with pytest.raises(Refused, match="by service_type"):
        engines.count(indicators.find("people_by_distance"), world.frozen, by=("distance",))


def test_services_about_violence_reach_nobody():
    home = supply.Settlement("ME", "ME-12", 42.77, 18.94, 100)
    rows = list(supply.within_reach([home], [("ME", ["shelter", "legal_aid"], 42.77, 18.94)]))
    assert {row["service_type"] for row in rows} == {"legal_aid", ANY}


# --- Frozen -----------------------------------------------------------------------------------------------


def test_the_same_rows_in_any_order_have_the_same_fingerprint_and_another_day_another(world, tmp_path):
    other = {name: list(reversed(rows)) for name, rows in world.tables.items()}
    again = supply.freeze(other, tmp_path, as_of=DAY)
    assert again.fingerprint == world.frozen.fingerprint and supply.verify(again) == []
    assert supply.freeze(other, tmp_path, as_of=DAY).path == again.path
    later = supply.freeze(other, tmp_path, as_of=DAY + dt.timedelta(days=1))
    assert later.fingerprint != again.fingerprint
    assert [row["service"] for row in supply.read(again, "services")] == [row["service"] for row in other["services"]]


def test_a_changed_file_is_found(world, tmp_path):
    tables = {**world.tables, "services": world.tables["services"][:3]}
    changed = supply.freeze(tables, tmp_path, as_of=DAY)
    less = supply.freeze({**tables, "services": tables["services"][:2]}, tmp_path, as_of=DAY)
    (changed.path / "services.parquet").write_bytes((less.path / "services.parquet").read_bytes())
    assert supply.verify(changed) == ["services"]


@pytest.mark.parametrize("area", [["ME-12"], ["ME-12", WITHHELD]])
def test_a_service_about_violence_is_never_frozen_with_its_region(world, tmp_path, area):
    row = world.tables["services"][0] | {"service_type": ["shelter"], "country": "ME", "area": area}
    with pytest.raises(Refused, match="without its region"):
        supply.freeze({"services": [row]}, tmp_path, as_of=DAY)
    assert not list((tmp_path / "supply").iterdir())


@pytest.mark.parametrize("change", [{"licence": "on_the_way"}, {"area": []}, {"country": "Crna Gora"}, {"name": "x"}])
def test_what_does_not_belong_is_refused_without_its_value(world, tmp_path, change):
    with pytest.raises(Refused) as refused:
        supply.freeze({"services": [world.tables["services"][0] | change]}, tmp_path, as_of=DAY)
    assert not any(str(value) in str(refused.value) for value in change.values() if value)


def test_columns_are_closed_and_hold_no_name():
    assert {"name", "address", "latitude", "phone"}.isdisjoint(column for table in TABLES.values() for column in table)


# --- Asked -------------------------------------------------------------------------------------------------


def test_a_region_is_never_told_of_services_about_violence(world):
    found = counted(world, "services_offered", by=("service_type", "area"), where={"country": "ME"})
    assert {area for kind, area in found if kind == "shelter"} == {WITHHELD, ALL}
    for question in (
        {"where": {"service_type": "shelter"}, "by": ("area",)},
        {"where": {"service_type": "shelter", "area": "ME-12"}},
    ):
        with pytest.raises(Refused, match="violence"):
            counted(world, "services_offered", **question)


def test_unknown_words_other_days_and_snapshots_without_a_directory_say_what_to_do(world, tmp_path):
    with pytest.raises(Refused, match="legal_aid"):
        counted(world, "services_offered", where={"service_type": "legal_aids"})
    with pytest.raises(Refused, match="not a known breakdown"):
        counted(world, "services_offered", by=("sex",))
    with pytest.raises(Refused, match="2026-11-22"):
        counted(world, "services_offered", period="2020")
    assert counted(world, "services_offered", period="2026")
    with pytest.raises(NotFound, match="duga snapshot"):
        supply.of(SimpleNamespace(path=tmp_path, fingerprint="0" * 64))


def test_what_is_offered_is_joined_with_no_facts_about_people():
    text = indicators.find("services_licensed").text.replace(
        "country, area, service_type, target_group, provider_kind", "country"
    )
    mixed = text.replace(
        "denominator:\n  indicator: services_offered\n  of:\n    licence: [in_force, limited, none]",
        "denominator: people_assisted",
    )
    with pytest.raises(Refused, match="deliveries"):
        indicators.parse(mixed.replace("measure: share", "measure: ratio"))
    with pytest.raises(Refused, match="sensitivity supply"):
        indicators.parse(indicators.find("services_offered").text.replace("sensitivity: supply", "sensitivity: items"))


def test_the_guide_lists_every_word_there_is():
    text = (indicators.FOLDER.parent / "docs/guide/evidence/supply.md").read_text("utf-8")
    told = set(re.findall(r"`([^`\n]+)`", text))
    own = {
        *supply.MEASURES,
        *(n for names in DIMENSIONS.values() for n in names),
        *(w for ws in WORDS.values() for w in ws),
    }
    assert {*own, *NOT_REGIONS} <= told, sorted({*own, *NOT_REGIONS} - told)


def test_the_command_counts_supply_and_says_of_which_day(world):
    asked = ["count", "services_offered", "--by", "country", "--snapshot", str(world.frozen.path)]
    told = CliRunner().invoke(duga, asked, prog_name="duga")
    rows = dict(line.split(",")[:2] for line in told.stdout.splitlines()[1:])
    assert rows == {c: str(n) for (c,), n in counted(world, "services_offered", by=("country",)).items()}
    assert "of 2026-11-22" in told.stderr and "INTERNAL" not in told.stderr
    about = json.loads(CliRunner().invoke(duga, [*asked, "--format", "json"], prog_name="duga").stdout)
    assert (about["in_snapshot"], about["snapshot"]) == ("2026-11-22", world.frozen.fingerprint)
