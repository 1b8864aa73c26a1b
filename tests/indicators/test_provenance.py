"""What a release rests on: recounted byte for byte, told to machines in PROV-JSON, and whole after a move."""

import json
import re
import shutil

import pytest

from duga.indicators import actions
from duga.indicators.models import ReleaseFile
from duga.indicators.queries.verifying import differences
from tests.config.house import House

pytestmark = pytest.mark.django_db

#: PROV-JSON's relations: which of their members name what.
RELATIONS = {
    "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
    "used": {"prov:activity": "activity", "prov:entity": "entity"},
    "wasInformedBy": {"prov:informed": "activity", "prov:informant": "activity"},
    "wasAssociatedWith": {"prov:activity": "activity", "prov:agent": "agent"},
    "actedOnBehalfOf": {"prov:delegate": "agent", "prov:responsible": "agent"},
    "wasAttributedTo": {"prov:entity": "entity", "prov:agent": "agent"},
    "wasDerivedFrom": {"prov:generatedEntity": "entity", "prov:usedEntity": "entity"},
}


def prov_of(release):
    return json.loads(bytes(release.files.get(kind="prov").data))


def test_the_provenance_is_prov_json_and_nothing_in_it_hangs_in_the_air(released):
    for release in released.values():
        found = prov_of(release)
        assert set(found) == {"prefix", "entity", "activity", "agent", *RELATIONS}
        names = [name for kind in ("entity", "activity", "agent") for name in found[kind]]
        assert len(names) == len(set(names))
        for name in names:
            prefix, colon, local = name.partition(":")
            assert colon and prefix in found["prefix"] and re.fullmatch(r"[\w.-]+", local), name
        for relation, members in RELATIONS.items():
            for identifier, told in found[relation].items():
                assert identifier.startswith("_:")
                for member, kind in members.items():
                    assert told[member] in found[kind], (relation, told)
        for activity in found["activity"].values():
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", activity["prov:endTime"])


def test_it_names_snapshot_definition_and_every_file_and_no_person(released):
    release = released["assistance_delivered:unit"]
    data = bytes(release.files.get(kind="prov").data)
    found = json.loads(data)
    used = {each["prov:entity"] for each in found["used"].values()}
    assert f"snapshot:{release.snapshot.fingerprint}" in used
    definitions = {found["entity"][name]["prov:label"] for name in used if name.startswith("definition:")}
    assert definitions == {
        "assistance_delivered, version 1", "people_assisted, version 1", "households_reached, version 1",
    }  # fmt: skip
    files = {entity["duga:sha256"] for name, entity in found["entity"].items() if name.startswith("file:")}
    assert files == set(release.files.exclude(kind="prov").values_list("sha256", flat=True))
    assert b"@example.org" not in data and b"Secretariat" not in data
    assert found["agent"]["duga:network"]["prov:label"] == "Region"


def test_a_second_persons_check_stands_in_it(cast, snapshot, settings):
    settings.SECOND_PERSON = True
    by = cast.viewer("secretariat")
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    assert not ReleaseFile.objects.filter(kind="prov").exists()
    actions.check_drafts(by=cast.viewer("reviewer"), batch=drafts[0].batch)
    release = actions.publish_drafts(by=by, batch=drafts[0].batch)[0]
    steps = [name.rpartition("-")[2] for name in prov_of(release)["activity"]]
    assert sorted(steps) == ["audited", "checked", "drafted", "released"]
    assert differences(by, release.pk) == []


def test_a_newer_release_is_derived_from_the_older(cast, released):
    from tests.indicators.ledgers import fill

    fill(cast, people=200, seed=2)
    by = cast.viewer("secretariat")
    actions.take_snapshot(by=by)
    new = {each.breakdown: each for each in actions.release_tables(by=by, country="ME", year=2020)}["month"]
    told = prov_of(new)["wasDerivedFrom"]["_:revision"]
    assert told["prov:usedEntity"] == f"release:{released['people_assisted:month'].pk}"
    assert differences(by, new.pk) == [] and differences(by, released["people_assisted:month"].pk) == []


def test_a_file_changed_by_one_byte_is_found(cast, released):
    release = released["people_assisted:month"]
    for file in release.files.all():
        data = bytearray(bytes(file.data))
        data[len(data) // 2] ^= 1
        ReleaseFile.objects.filter(pk=file.pk).update(data=bytes(data))
    found = " ".join(differences(cast.viewer("secretariat"), release.pk))
    for kind in ("csv", "json", "parquet", "prov", "svg"):
        assert f"the {kind} file" in found


def test_a_definition_changed_since_changes_nothing(cast, released, monkeypatch):
    """Verified by the words of its day: also by those of the other indicators that had a say."""
    from dataclasses import replace

    from duga.indicators.queries import counting

    of_the_day = counting._definition
    monkeypatch.setattr(
        counting, "_definition", lambda code: replace(of_the_day(code), of={"recipient": "institution"})
    )
    assert differences(cast.viewer("secretariat"), released["assistance_delivered:unit"].pk) == []


def test_a_changed_snapshot_is_found(cast, released, data):
    release = released["people_assisted:month"]
    facts = sorted((data / release.snapshot.path / "facts").rglob("*.parquet"))[-1]
    shutil.copy(sorted((data / release.snapshot.path / "facts").rglob("*.parquet"))[0], facts)
    assert "snapshot itself was changed" in differences(cast.viewer("secretariat"), release.pk)[0]


def test_page_downloads_and_drawings_bear_the_fingerprint(client, released):
    for release in released.values():
        fingerprint = release.snapshot.fingerprint
        for file in release.files.all():
            assert fingerprint.encode() in bytes(file.data), file.name
        page = client.get(f"/evidence/release/{release.pk}/").content.decode()
        assert fingerprint in page and f"{file.name.partition('.')[0]}.prov.json" in page
    page = client.get("/evidence/me/2020/").content.decode()
    for drawing in re.findall(r"<svg.*?</svg>", page, re.S):
        if 'role="img"' in drawing:
            assert f"snapshot {fingerprint}</metadata>" in drawing
    assert page.count("Fingerprint of the snapshot") == page.count(f"<code>{fingerprint}</code>") >= 4


def test_a_snapshot_taken_elsewhere_is_brought_home_before_figures_rest_on_it(cast, rows, data, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    by = cast.viewer("secretariat")
    taken = actions.take_snapshot(by=by, out=elsewhere)
    release = actions.release_tables(by=by, country="ME", year=2020)[0]
    taken.refresh_from_db()
    assert taken.path.startswith("snapshots/")
    shutil.rmtree(elsewhere)
    assert differences(by, release.pk) == []


FILL = """
import datetime as dt
from duga.members import actions as members, queries
from duga.members.rules import Role, Viewer
from duga.casework import actions as casework
house = Viewer(system="test")
network = queries.network_by_slug(house, "test-network")
prag = members.create_organisation(by=house, network=network, name="Topli prag", country="ME", slug="prag", demo=True)
lead = members.create_account(by=house, email="lead@example.org", name="Lead", password="correct horse battery")
members.give_role(by=house, account=lead, role=Role.ORGANISATION_COORDINATOR, of=prag)
for email in ("one@example.org", "two@example.org"):
    person = members.create_account(by=house, email=email, name=email, password="correct horse battery")
    members.give_role(by=house, account=person, role=Role.NETWORK_SECRETARIAT, of=network)
by = queries.viewer_by_email("lead@example.org")
for n in range(24):
    person = casework.register_person(by=by, organisation_id=prag.pk, identity={"given": f"Osoba{n}"},
                                      sex="female" if n % 3 else "male", birth_year=1940 + n)
    casework.record_assistance(by=by, organisation_id=prag.pk, person_id=person.pk, service_type="home_visit",
                               date=dt.date(2024, 3 + n % 2, 4))
"""


def test_a_release_moves_to_another_machine_and_is_verified_there(tmp_path):
    """Drafted by one, checked by another, published; backed up; restored elsewhere; counted again there."""
    house = House(tmp_path / "data", DUGA_BACKUPS=str(tmp_path / "backups"))
    house.run("begin", "--network", "Test network", "--email", "first@example.org")
    house.python(FILL)
    house.run("snapshot", "--as", "one@example.org")
    ask = ["people_assisted", "--country", "ME", "--period", "2024", "--by", "month"]
    told = house.run("release", *ask, "--as", "one@example.org")
    ident = re.search(r"^[0-9a-f-]{36}", told, re.M)[0]
    house.run("release", "check", ident, "--as", "two@example.org")
    house.run("release", "publish", ident, "--as", "one@example.org")
    house.run("backup")
    archive = next((tmp_path / "backups").glob("duga-*.tar.gz"))
    keys = next((tmp_path / "backups" / "keys").glob("keys-*.sqlite3"))
    key = (house.data / "installation.key").read_text().strip()
    shutil.rmtree(house.data)
    other = House(tmp_path / "new machine" / "data", DUGA_BACKUPS=str(tmp_path / "backups"), DUGA_KEY=key)
    other.run("restore", archive, "--keys", keys)
    assert "byte for byte" in other.run("release", "verify", ident)
