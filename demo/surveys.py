"""Forms of the network and of one organisation, begun from the bank and published; a week of one-minute answers."""

import random
from uuid import UUID

from demo.cast import HOME
from duga.members import queries
from duga.surveys.actions import designs, receiving
from duga.surveys.rules import Source

EN, SR, SQ, MK, BS, AR = (
    "English (en)", "Српски (sr)", "Shqip (sq)", "Македонски (mk)", "Bosanski (bs)", "العربية (ar)",
)  # fmt: skip
#: (whose, template, title, languages)
FORMS = (
    ("iris", "youth", "Needs, interests and skills of young people", [EN, SR, SQ, MK, BS]),
    ("iris", "dual_users", "Two perspectives: who uses services", [EN, SR, SQ, MK, BS, AR]),
    ("iris", "dual_organisations", "Two perspectives: the organisation about itself", [EN, SR, SQ, MK, BS]),
    (HOME, "satisfaction", "How was it? One minute", [SR, EN, SQ, AR]),
)
ANSWERS = 30
#: Questions of the one-minute form, each with what is said to it and how often.
SAID = {
    "satisfied": (("very_satisfied", 12), ("satisfied", 10), ("dissatisfied", 4), ("very_dissatisfied", 1)),
    "got_it": (("yes", 9), ("partly", 4), ("no", 2)),
    "respect": (("yes", 12), ("partly", 2), ("no", 1)),
}


def fill(by) -> str:
    """Four forms published, thirty answers to the shortest."""
    version = None
    for slug, template, title, languages in FORMS:
        owner = queries.network_by_slug(by, slug) if slug == "iris" else queries.organisation_by_slug(by, slug)
        who = queries.viewer_by_email(f"{'secretariat' if slug == 'iris' else 'coordinator'}@demo.example")
        brought = designs.begin_from(
            by=who, owner=owner, template=template, slug=template, title=title, languages=languages, validate=False
        )  # fmt: skip
        version = brought.version
        designs.mark_personal(by=who, version_id=version.pk, paths=version.personal)
        version = designs.publish_version(by=who, version_id=version.pk)
    _answer(by, version)
    return f"{len(FORMS)} forms published, {ANSWERS} answers"


def _answer(by, version) -> None:
    chance = random.Random(2026)
    home = version.form.organisation
    for _number in range(ANSWERS):
        told = "".join(
            f"<{name}>{chance.choices([v for v, _ in said], [n for _, n in said])[0]}</{name}>"
            for name, said in SAID.items()
        )
        key = UUID(int=chance.getrandbits(128), version=4)
        xml = (
            f'<data id="{version.form.slug}" version="{version.version}" xmlns:orx="http://openrosa.org/xforms">{told}'
            f"<better/><orx:meta><orx:instanceID>uuid:{key}</orx:instanceID></orx:meta></data>"
        )
        receiving.receive(by=by, organisation_id=home.pk, xml=xml.encode(), source=Source.LINK)
