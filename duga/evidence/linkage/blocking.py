"""Who may be compared with whom: the blocks a record belongs to, each named by at least two things about a person.

Two records are compared only if they share a block. No block is named by one name alone where anything else can be
read (a whole birth date, a document and a telephone number may stand by themselves), so that the size of a block says
little about anybody's name.
"""

from itertools import combinations

from duga.evidence.linkage.values import Born, Name

MOST = 16  # blocks a record may belong to


def blocks(person: dict) -> list[str]:
    """Names of blocks, most telling first, before hashing. `person` holds values as `values` reads them, by role."""
    parts = _parts(person)
    born: Born = person.get("born") or Born(None)
    pairs = list(combinations(parts, 2))
    # One whole part and the other's first letter: the other may be spelled in any way that begins alike.
    near = [f"{a}+{b[:1]}" for a, b in pairs] + [f"{b}+{a[:1]}" for a, b in pairs]
    places = [f"{role}:{word}" for role in ("postcode", "place") if (word := _word(person.get(role)))]
    street, number, father = (person.get(role) for role in ("street", "number", "father"))
    found = [f"{role}|{person[role]}" for role in ("document", "phone") if len(person.get(role) or "") >= 5]
    if born.day:
        found.append(f"day|{born.year}/" + "/".join(str(n) for n in sorted((born.month, born.day))))
    found += [f"names|{a}+{b}" for a, b in pairs]
    if born.year:
        found += [f"year|{born.year}|{a}+{b}" for a, b in pairs[:3]]
        found += [f"year|{born.year}|{part}" for part in parts[:3]]
    if number:
        found += [f"number|{number}|{place}" for place in places]
    found += [f"place|{place}|{name}" for place in places[:1] for name in near[:4]]
    if street:
        found += [f"street|{street.bones}|{part}" for part in parts[:2]]
        found += [f"street|{street.bones}|{number or places[0]}"] if number or places else []
    if father:
        found += [f"father|{father.bones}|{part}|{place}" for part in parts[:2] for place in places[:1]]
        found += [f"father|{father.bones}|{born.year}"] if born.year else []
    if len(found) < 3:
        found += [f"name|{part}|{born.year}|{person.get('sex')}" for part in parts]
    return list(dict.fromkeys(found))[:MOST]


def _parts(person: dict) -> list[str]:
    """The keys of all parts of a person's name, whichever column they were written in; four at most."""
    found: dict[str, None] = {}
    for role in ("given", "family"):
        name: Name | None = person.get(role)
        for part in name.parts if name else ():
            found[part] = None
    return sorted(sorted(found, key=len, reverse=True)[:4])


def _word(value) -> str:
    return value.bones if isinstance(value, Name) else value or ""
