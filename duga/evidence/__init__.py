"""The evidence core: tables in, safe numbers out. A plain Python library that knows no Django.

    from duga.evidence import snapshot, indicators, engines, disclosure

    frozen = snapshot.open_snapshot("var/snapshots/1f0c…")
    people = indicators.load("indicators/people_assisted.yaml")
    table = engines.count(people, frozen, by=["country", "sex"], period="2020")
    safe = disclosure.protect(table, disclosure.Rule(minimum=5))

`model` holds the words and shapes, `quantities` units and bounds, `snapshot` freezes facts without names, `indicators`
reads the definitions, `engines` counts, `derived` works out means, shares and the like from counts, `disclosure`
protects and audits; `perspectives`, `gaps` and `monitoring` set numbers beside one another.
docs/guide/evidence is the manual. DuckDB, Ibis, Arrow and HiGHS are imported where they are
used: importing this package is light.
"""
