"""Where a release comes from, for machines: PROV-JSON, the W3C's serialisation of provenance.

https://www.w3.org/submissions/prov-json/ — entities (release, files, snapshot, definition, rule of protection),
activities (counting, audit, check, release), agents (Duga, the network, and the people as their part in it: the
installation's trail names them, a public file does not).
"""

import datetime as dt
from collections.abc import Iterable, Mapping

PREFIXES = {
    "duga": "urn:duga:terms:",
    "release": "urn:uuid:",
    "snapshot": "urn:duga:snapshot:",
    "definition": "urn:duga:definition:sha256:",
    "file": "urn:duga:file:sha256:",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def provenance(
    document: Mapping, *, files: Iterable[tuple[str, str, int]], network: str, times: Mapping[str, dt.datetime | None],
    before: str = "", consulted: Iterable[tuple[str, int, str]] = (),
) -> dict:  # fmt: skip
    """The PROV-JSON of a release.

    files: (name, SHA-256, bytes) of each; network: its name; times: when it was "drafted", "audited", "checked" (None:
    by nobody but who released it) and "released"; before: the id of the release that this one supersedes; consulted:
    (code, version, SHA-256) of other definitions that had a say in what it shows.
    """
    this = f"release:{document['id']}"
    snapshot = f"snapshot:{document['snapshot']['fingerprint']}"
    definition = f"definition:{document['indicator']['definition_sha256']}"
    rule, duga = f"{this}-protection", f"duga:version-{document['code_version']}"
    steps = [name for name in ("drafted", "audited", "checked", "released") if times.get(name)]
    files = sorted(files)
    people = f"{this}-population"
    definitions = {definition: (document["indicator"]["code"], document["indicator"]["version"])} | {
        f"definition:{sha256}": (code, version) for code, version, sha256 in consulted
    }
    used = [snapshot, *definitions, rule, *([people] if document.get("population") else [])]
    found = {
        "prefix": dict(PREFIXES),
        "entity": {
            this: _typed(
                "Release",
                f"{document['indicator']['code']} by {','.join(document['breakdown']) or 'nothing'}, "
                f"{document['country'] or 'all countries'}, {document['period']}",
            )
            | {"duga:hidden": _number(sum(cell["status"] == "hidden" for cell in document["cells"]))},
            snapshot: _typed("Snapshot", _frozen(document["snapshot"]))
            | {"duga:schema_version": _number(document["snapshot"]["schema_version"])},
            rule: _typed("Protection", document["protection"].get("method", "none"))
            | {"duga:minimum": _number(document["protection"].get("minimum", 0))},
        }
        | {each: _typed("Definition", f"{code}, version {number}") for each, (code, number) in definitions.items()}
        | ({people: _typed("Population", _sources(document))} if document.get("population") else {})
        | {
            f"file:{sha256}": _typed("File", name) | {"duga:sha256": sha256, "duga:bytes": _number(size)}
            for name, sha256, size in files
        },
        "activity": {f"{this}-{step}": _activity(step, times[step]) for step in steps},
        "agent": {
            duga: {"prov:type": _name("prov:SoftwareAgent"), "prov:label": f"Duga {document['code_version']}"},
            "duga:network": {"prov:type": _name("prov:Organization"), "prov:label": network or "the network"},
        }
        | {
            f"{this}-who-{step}": {
                "prov:type": _name("prov:Person"),
                "prov:label": f"who {step} it (named in the installation's audit trail)",
            }
            for step in steps
            if step != "audited"
        },
        "wasGeneratedBy": _numbered(
            "generated",
            [{"prov:entity": this, "prov:activity": f"{this}-drafted", "prov:time": _time(times["drafted"])}],
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
        "wasAssociatedWith": _numbered(
            "associated",
            [
                {"prov:activity": f"{this}-{step}", "prov:agent": duga}
                for step in ("drafted", "audited")
                if step in steps
            ]
            + [
                {"prov:activity": f"{this}-{step}", "prov:agent": f"{this}-who-{step}"}
                for step in steps
                if step != "audited"
            ],
        ),
        "actedOnBehalfOf": _numbered(
            "behalf",
            [
                {"prov:delegate": f"{this}-who-{step}", "prov:responsible": "duga:network"}
                for step in steps
                if step != "audited"
            ],
        ),
        "wasAttributedTo": _numbered("attributed", [{"prov:entity": this, "prov:agent": "duga:network"}]),
        "wasDerivedFrom": _numbered(
            "derived",
            [{"prov:generatedEntity": this, "prov:usedEntity": each} for each in (snapshot, definition)]
            + [{"prov:generatedEntity": f"file:{sha256}", "prov:usedEntity": this} for _name_, sha256, _size in files],
        ),
    }
    if before:
        old = f"release:{before}"
        found["entity"][old] = _typed("Release", "the release before, superseded by this one")
        found["wasDerivedFrom"]["_:revision"] = {
            "prov:generatedEntity": this, "prov:usedEntity": old, "prov:type": _name("prov:Revision"),
        }  # fmt: skip
    return found


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
