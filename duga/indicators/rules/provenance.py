"""Where a release comes from, for machines: PROV-JSON, the W3C's serialisation of provenance.

https://www.w3.org/submissions/prov-json/ — entities (release, files, snapshot, definition, rule of protection),
activities (counting, audit, check, release), agents (Duga, the network, and the people as their part in it: the
installation's trail names them, a public file does not).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PREFIXES = {
    "duga": "urn:duga:terms:",
    "release": "urn:uuid:",
    "snapshot": "urn:duga:snapshot:",
    "definition": "urn:duga:definition:sha256:",
    "file": "urn:duga:file:sha256:",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class _Told:
    """What a release tells of itself: its document, its files (name, SHA-256, bytes), and when each step was taken."""

    document: Mapping
    files: list[tuple[str, str, int]]
    times: Mapping[str, dt.datetime | None]
    consulted: list[tuple[str, int, str]]

    @property
    def this(self) -> str:
        return f"release:{self.document['id']}"

    @property
    def snapshot(self) -> str:
        return f"snapshot:{self.document['snapshot']['fingerprint']}"

    @property
    def rule(self) -> str:
        return f"{self.this}-protection"

    @property
    def people(self) -> str:
        """The table of population; empty where nothing was divided by one."""
        return f"{self.this}-population" if self.document.get("population") else ""

    @property
    def duga(self) -> str:
        return f"duga:version-{self.document['code_version']}"

    @property
    def definitions(self) -> dict[str, tuple[str, int]]:
        """{name: (code, version)}: its own definition first, then those that had a say."""
        own = self.document["indicator"]
        return {f"definition:{own['definition_sha256']}": (own["code"], own["version"])} | {
            f"definition:{sha256}": (code, version) for code, version, sha256 in self.consulted
        }

    @property
    def steps(self) -> list[str]:
        """The steps that were taken, in their order."""
        return [name for name in ("drafted", "audited", "checked", "released") if self.times.get(name)]

    @property
    def by_people(self) -> list[str]:
        return [step for step in self.steps if step != "audited"]


def provenance(
    document: Mapping, *, files: Iterable[tuple[str, str, int]], network: str, times: Mapping[str, dt.datetime | None],
    before: str = "", consulted: Iterable[tuple[str, int, str]] = (),
) -> dict:  # fmt: skip
    """The PROV-JSON of a release.

    files: (name, SHA-256, bytes) of each; network: its name; times: when it was "drafted", "audited", "checked" (None:
    by nobody but who released it) and "released"; before: the id of the release that this one supersedes; consulted:
    (code, version, SHA-256) of other definitions that had a say in what it shows.
    """
    told = _Told(document, sorted(files), times, list(consulted))
    found = {
        "prefix": dict(PREFIXES),
        "entity": _entities(told),
        "activity": {f"{told.this}-{step}": _activity(step, times[step]) for step in told.steps},
        "agent": _agents(told, network),
        **_generation(told),
        **_responsibility(told),
        "wasDerivedFrom": _derivation(told),
    }
    if before:
        old = f"release:{before}"
        found["entity"][old] = _typed("Release", "the release before, superseded by this one")
        found["wasDerivedFrom"]["_:revision"] = {
            "prov:generatedEntity": told.this, "prov:usedEntity": old, "prov:type": _name("prov:Revision"),
        }  # fmt: skip
    return found


def _entities(told: _Told) -> dict:
    """The release and all that it was made of and into."""
    document = told.document
    return (
        {
            told.this: _typed(
                "Release",
                f"{document['indicator']['code']} by {','.join(document['breakdown']) or 'nothing'}, "
                f"{document['country'] or 'all countries'}, {document['period']}",
            )
            | {"duga:hidden": _number(sum(cell["status"] == "hidden" for cell in document["cells"]))},
            told.snapshot: _typed("Snapshot", _frozen(document["snapshot"]))
            | {"duga:schema_version": _number(document["snapshot"]["schema_version"])},
            told.rule: _typed("Protection", document["protection"].get("method", "none"))
            | {"duga:minimum": _number(document["protection"].get("minimum", 0))},
        }
        | {each: _typed("Definition", f"{code}, version {number}") for each, (code, number) in told.definitions.items()}
        | ({told.people: _typed("Population", _sources(document))} if told.people else {})
        | {
            f"file:{sha256}": _typed("File", name) | {"duga:sha256": sha256, "duga:bytes": _number(size)}
            for name, sha256, size in told.files
        }
    )


def _agents(told: _Told, network: str) -> dict:
    """Duga, the network, and the people as their part in it."""
    return {
        told.duga: {"prov:type": _name("prov:SoftwareAgent"), "prov:label": f"Duga {told.document['code_version']}"},
        "duga:network": {"prov:type": _name("prov:Organization"), "prov:label": network or "the network"},
    } | {
        f"{told.this}-who-{step}": {
            "prov:type": _name("prov:Person"),
            "prov:label": f"who {step} it (named in the installation's audit trail)",
        }
        for step in told.by_people
    }


def _generation(told: _Told) -> dict:
    """Which step made the release, of what; and which step followed which."""
    this, steps = told.this, told.steps
    used = [told.snapshot, *told.definitions, told.rule, *([told.people] if told.people else [])]
    return {
        "wasGeneratedBy": _numbered(
            "generated",
            [{"prov:entity": this, "prov:activity": f"{this}-drafted", "prov:time": _time(told.times["drafted"])}],
        ),
        "used": _numbered(
            "used",
            [{"prov:activity": f"{this}-drafted", "prov:entity": each} for each in used]
            + [{"prov:activity": f"{this}-{step}", "prov:entity": this} for step in steps if step != "drafted"],
        ),
        "wasInformedBy": _numbered(
            "informed",
            [
                {"prov:informed": f"{this}-{late}", "prov:informant": f"{this}-{early}"}
                for early, late in zip(steps, steps[1:], strict=False)
            ],
        ),
    }


def _responsibility(told: _Told) -> dict:
    """Who took each step, and for whom: Duga counts and audits, people draft, check and release for the network."""
    this = told.this
    by_duga = [step for step in ("drafted", "audited") if step in told.steps]
    return {
        "wasAssociatedWith": _numbered(
            "associated",
            [{"prov:activity": f"{this}-{step}", "prov:agent": told.duga} for step in by_duga]
            + [{"prov:activity": f"{this}-{step}", "prov:agent": f"{this}-who-{step}"} for step in told.by_people],
        ),
        "actedOnBehalfOf": _numbered(
            "behalf",
            [{"prov:delegate": f"{this}-who-{step}", "prov:responsible": "duga:network"} for step in told.by_people],
        ),
        "wasAttributedTo": _numbered("attributed", [{"prov:entity": this, "prov:agent": "duga:network"}]),
    }


def _derivation(told: _Told) -> dict:
    """What the release follows from (the snapshot, its own definition), and the files from it."""
    own = next(iter(told.definitions))
    return _numbered(
        "derived",
        [{"prov:generatedEntity": told.this, "prov:usedEntity": each} for each in (told.snapshot, own)]
        + [{"prov:generatedEntity": f"file:{sha256}", "prov:usedEntity": told.this} for _, sha256, _ in told.files],
    )


def _frozen(snapshot: Mapping) -> str:
    """What was frozen, in words."""
    if snapshot.get("of") == "directory":
        return f"What the directory offered on {snapshot['as_of']}"
    return "Facts without names, by month and region"


def _sources(document: Mapping) -> str:
    """Who says how many people live where, and of which years."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in document["population"]:
        found.setdefault((row["source"], row["licence"]), []).append(f"{row['country']} {row['year']}")
    return "; ".join(f"{source} ({licence}): {', '.join(of)}" for (source, licence), of in found.items())


def _typed(kind: str, label: str) -> dict:
    return {"prov:type": _name(f"duga:{kind}"), "prov:label": label}


def _name(qualified: str) -> dict:
    return {"$": qualified, "type": "xsd:QName"}


def _number(value: int) -> dict:
    return {"$": str(value), "type": "xsd:integer"}


def _activity(step: str, at: dt.datetime) -> dict:
    return {"prov:type": _name(f"duga:{step.capitalize()}"), "prov:endTime": _time(at)}


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")


def _numbered(name: str, relations: list[dict]) -> dict:
    return {f"_:{name}{place}": relation for place, relation in enumerate(relations, 1)}
