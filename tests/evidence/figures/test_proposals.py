"""Relations that nobody declared: proposed, kept apart, never a finding; and what a careful reader would ask."""

import pytest

from duga.evidence import figures
from tests.evidence.figures import cases


def proposals(text: str) -> list[tuple[str, str, bool]]:
    result = figures.check(cases.figures(text.strip("\n").split("\n")))
    assert result.findings == ()
    return [(each.figure, each.relation, each.finding is None) for each in result.proposals]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("t | 302 | contact | ME | 2015-10 | | calls\na | 237 | contact | ME | 2015-10 | | by herself\n"
         "b | 65 | contact | ME | 2015-10 | | by others", [("t", "sum(a,b)", True)]),
        ("a | 237 | contact | ME | 2015-10 | | by herself\nb | 65 | contact | ME | 2015-10 | | by others\n"
         "t | 302 | contact | ME | 2015-10 | | calls", [("t", "sum(a,b)", True)]),
        ("a | 13 | grant | region | 2023 | | grants awarded\nb | 54 | application | region | 2023 | | proposals\n"
         "s | 24.1 | percent | region | 2023 | | share of proposals awarded", [("s", "share(a,b)", True)]),
        ("a | 86 | contact | ME | 2014-10 | | callers then\nb | 133 | contact | ME | 2015-10 | | callers now\n"
         "c | 54.7 | percent | ME | 2015-10 | | growth of calls", [("c", "change(b,a)", True)]),
        ("a | 86 | contact | ME | 2014-10 | | callers then\nb | 133 | contact | ME | 2015-10 | | callers now\n"
         "c | 35.3 | percent | ME | 2015-10 | | growth of calls", [("c", "change(b,a)", False)]),
        ("a | 179746 | EUR | region | 2023 | | value of grants\nb | 13 | grant | region | 2023 | | grants\n"
         "m | 13826.62 | EUR | region | 2023 | | average grant", [("m", "mean(a,b)", True)]),
        ("a | 900 | item | ME | 2020-03/2020-04 | | parcels handed out\n"
         "b | 850 | item | ME | 2020-03/2020-05 | | parcels handed out", [("b", "cumulative(a)", False)]),
        ("a | 752 | contact | ME | 2019-Q2 | | calls to the helpline\n"
         "b | 732 | contact | ME | 2019-Q2 | | calls of the towns listed", [("b", "partial(a)", True)]),
        ("a | 237 | contact | ME | 2015-10 | | by herself\nb | 66 | contact | ME | 2015-10 | | by others\n"
         "t | 302 | contact | ME | 2015-10 | | calls", []),
    ],
    ids=["total first", "total last", "share", "change", "change over the wrong base", "mean", "running count falls",
         "part list", "nothing fits"],
)  # fmt: skip
def test_what_the_figures_suggest(text, expected):
    assert proposals(text) == expected


def test_two_sources_and_a_series_published_anew():
    table = [
        figures.Figure("a", "54", "proposals received in the call", unit="application", period="2023", source="x"),
        figures.Figure("b", "55", "Proposals received in the call", unit="application", period="2023", source="y"),
        figures.Figure("c", "55", "proposals received in the call", unit="application", period="2023", source="y"),
    ]
    found = [(each.figure, each.relation, each.finding is None) for each in figures.check(table).proposals]
    assert found == [("b", "same(a)", False), ("c", "restates(b)", True)]


def test_what_is_declared_is_not_proposed_again():
    text = "a | 237 | contact\nb | 65 | contact\nt | 302 | contact | | | sum(a,b) | calls"
    assert proposals(text) == []


@pytest.mark.parametrize(
    "text, kind, told",
    [
        ("a | 2240 | person | ME | 2020 | | persons who got shopping\nb | 3263 | person | ME | 2020 | | persons "
         "who got advice\nt | 5503 | person | ME | 2020 | sum(a,b) | persons helped", "overlap", "counted twice"),
        ("a | 1200 | household | ME | 2020-04 | | helped by the call centre\n"
         "b | 4100 | beneficiary | ME | 2020-05 | | helped by the call centre", "unit", "has the unit changed"),
        ("a | 13 | grant | ME | 2024\nb | 54 | application | ME | 2023\ns | 24.1 | percent | ME | 2024 | share(a,b)",
         "period", "share of one group"),
        ("a | 120 | percent | ME | 2024 | | share of towns with a day centre", "beyond", "more than everything"),
        ("a | 10 | item | ME | 2020\nb | 5 | item | ME | 2020-03\nt | 15 | item | ME | 2020-03 | sum(a,b)",
         "period", "longer than"),
    ],
    ids=["overlap", "unit", "cohort", "beyond", "wider"],
)  # fmt: skip
def test_what_a_careful_reader_would_ask(text, kind, told):
    result = figures.check(cases.figures(text.split("\n")))
    assert result.findings == ()
    (notice,) = [each for each in result.notices if each.kind == kind]
    assert told in str(notice.phrase)


def test_women_and_men_overlap_nowhere():
    text = "a | 12 | person | ME | 2020 | | women helped\nb | 9 | person | ME | 2020 | | men helped\n"
    text += "t | 21 | person | ME | 2020 | sum(a,b) | people helped"
    assert figures.check(cases.figures(text.split("\n"))).notices == ()


def test_every_kind_has_words():
    from duga.evidence.figures.words import KINDS

    met = {each.split()[1] for case in cases.read() for each in case[2]}
    assert met == set(KINDS)
