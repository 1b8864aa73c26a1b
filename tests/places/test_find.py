"""Finding an area by what people write: any script, with or without diacritics, and never a silent guess."""

import pytest

from duga.places import queries
from duga.places.models import Area
from duga.places.rules import name_key
from duga.plain.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed, name, region",
    [
        ("Niš", "Niš", "RS-20"),
        ("NIS", "Niš", "RS-20"),
        ("Ниш", "Niš", "RS-20"),
        ("  novi   sad ", "Novi Sad", "RS-06"),
        ("Нови Сад", "Novi Sad", "RS-06"),
        ("21000 Novi Sad, Srbija", "Novi Sad", "RS-06"),
        ("Opština Власотинце", "Vlasotince", "RS-23"),
        ("Prishtina", "Prishtinë", "XK-7"),
        ("Приштина", "Prishtinë", "XK-7"),
        ("Đakovica", "Gjakovë", "XK-1"),
        ("Djakovica", "Gjakovë", "XK-1"),
        ("Uroševac", "Ferizaj", "XK-6"),
        ("Kumanovo", "Kumanovo", "MK007"),
        ("Kumanovë", "Kumanovo", "MK007"),
        ("Скопје", "Skopje", "MK008"),
        ("Скопље", "Skopje", "MK008"),
        ("Shkup", "Skopje", "MK008"),
        ("Београд", "Beograd", "RS-00"),
        ("Belgrade", "Beograd", "RS-00"),
        ("Tirana", "Tiranë", "AL-11"),
        ("Nikšić", "Nikšić", "ME-12"),
        ("Niksic", "Nikšić", "ME-12"),
        ("Nišavski okrug", "Nišavski okrug", "RS-20"),
        ("Brčko distrikt", "Brčko distrikt", "BA-BRC"),
    ],
)
def test_a_name_in_any_script_finds_its_area(shipped, typed, name, region):
    match = queries.find_area(typed)
    assert match.area is not None, [str(a.name) for a in match.candidates]
    assert match.area.name == name
    assert queries.region_of(match.area).code == match.region.code == region


def test_the_innermost_of_a_nest_is_meant(shipped):
    """Kumanovo is a settlement in a municipality of the same name."""
    assert queries.find_area("Kumanovo").area.kind == "settlement"
    assert queries.find_area("Prizren", "XK").area.kind == "settlement"


def test_what_could_be_several_says_so_and_the_country_narrows(shipped):
    match = queries.find_area("Prnjavor")
    assert match.area is None
    assert match.ambiguous
    assert {area.country for area in match.candidates} >= {"BA", "RS", "ME"}
    assert match.region is None
    narrowed = queries.find_area("Prnjavor", "BA")
    assert narrowed.area.country == "BA"
    assert queries.find_area("Prnjavor, Босна и Херцеговина").area == narrowed.area


def test_a_doubtful_name_still_tells_its_region_when_all_lie_in_one(shipped):
    one, two = Area.objects.filter(country="RS", kind="settlement", region__code="RS-20").order_by("pk")[:2]
    for area in (one, two):
        area.spellings.create(folded="dvostruko selo", main=True)
    Area.objects.filter(pk__in=[one.pk, two.pk]).update(population=None)
    match = queries.find_area("Dvostruko Selo")
    assert match.ambiguous
    assert match.region.code == "RS-20"


@pytest.mark.parametrize("typed", ["", " ", "Xyzzy", "-", "12345", "Atlantida, Srbija"])
def test_what_is_no_place_finds_nothing(shipped, typed):
    match = queries.find_area(typed)
    assert match.area is None
    assert match.candidates == ()
    assert not match.ambiguous


def test_the_bulk_finder_says_the_same_as_the_slow_one(shipped, django_assert_num_queries):
    names = list(Area.objects.order_by("code").values_list("name", "country"))[::40]
    finder = queries.area_finder()
    with django_assert_num_queries(0):
        fast = [finder(name, country) for name, country in names] + [finder("Prnjavor"), finder("Нови Сад")]
    slow = [queries.find_area(name, country) for name, country in names]
    slow += [queries.find_area("Prnjavor"), queries.find_area("Нови Сад")]
    told = [(m.area, {a.pk for a in m.candidates}, m.region) for m in fast]
    assert told == [(m.area, {a.pk for a in m.candidates}, m.region) for m in slow]


def test_nine_names_in_ten_are_found_with_their_country(shipped):
    """Of all settlements; the rest share their name with another of the country and are told apart by a person."""
    settlements = list(Area.objects.filter(kind="settlement").select_related("region"))
    finder = queries.area_finder()
    matches = [(area, finder(area.name, area.country)) for area in settlements]
    sure = [(area, match) for area, match in matches if match.area is not None]
    assert len(sure) / len(settlements) > 0.9
    assert all(match.ambiguous for _area, match in matches if match.area is None)
    assert all(name_key(area.name) in {s.folded for s in match.area.spellings.all()} for area, match in sure[::25])


def test_by_code_in_any_scheme(shipped):
    assert queries.area_by_code("iso-3166-2", "RS-20").name == "Nišavski okrug"
    assert queries.area_by_code("geonames", "787657").name == "Niš"
    assert queries.area_by_code("nuts-3", "MK007").names["mk"] == "Североисточен регион"
    with pytest.raises(NotFound, match="No area has the p-code code MK9"):
        queries.area_by_code("p-code", "MK9")


def test_names_in_the_readers_language_and_script(shipped):
    nis, durres = queries.find_area("Niš").area, queries.area_by_code("iso-3166-2", "AL-02")
    assert queries.area_name(nis, "en") == "Niš"
    assert queries.area_name(nis, "sr") == "Ниш"
    assert queries.area_name(nis, "sr-latn") == "Niš"
    assert queries.area_name(durres, "sr") == "Драч"
    assert queries.area_name(durres, "sr-latn") == "Drač"
    assert queries.area_name(durres, "sq") == "Durrës"
    assert queries.area_name(queries.find_area("Куманово").area, "ar") == "كومانوفو"


def test_search_offers_the_largest_first(shipped):
    found = queries.search_areas("ни", "RS")
    assert found[0].name == "Niš"
    assert queries.search_areas("n") == []
    assert len(queries.search_areas("no", limit=3)) == 3


def test_every_settlement_has_a_region_on_the_map(shipped):
    drawn = {f["id"] for c in queries.countries() for f in queries.boundaries(c.code)["features"]}
    regions = set(Area.objects.filter(kind="settlement").values_list("region__code", flat=True))
    assert None not in regions
    assert regions <= drawn


def test_the_regions_of_a_country_by_name_in_one_question(shipped, django_assert_num_queries):
    with django_assert_num_queries(1):
        names = queries.region_names("RS", "sr")
    assert set(names) == {feature["id"] for feature in queries.boundaries("RS")["features"]}
    assert names["RS-20"] == "Нишавски округ"
    assert queries.region_names("MK", "en")["MK007"] == "Northeast region"
