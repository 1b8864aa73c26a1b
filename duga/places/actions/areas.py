"""Loading a scheme of areas, and the file that waits for it; what comes with the house."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import transaction

from duga.members.actions import write_trail
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places import queries
from duga.places.actions.populations import MAX_UPLOAD, _keep_population
from duga.places.models import Area, AreaBoundary, AreaCode, AreaName, AreaUpload
from duga.places.rules import country, region_at
from duga.places.rules.areas import AreaRow, RowError, name_key
from duga.places.rules.populations import shipped_populations
from duga.places.rules.schemes import check_rows, read_scheme, rows_of
from duga.places.rules.shipped import shipped_rows
from duga.plain.errors import Refused, gettext_noop
from duga.plain.text import to_latin

BATCH = 2000


@dataclass(frozen=True)
class LoadOutcome:
    """What a load did, or would do (`loaded` False): rows read, areas made, changed, left as they were; wrong rows."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    new: tuple[str, ...] = ()  #: names of the areas made, for a person to look over
    loaded: bool = True


@transaction.atomic
def load_scheme(
    *, by: Viewer, country_code: str, scheme: str, kind: str, name: str, data: bytes, mapping: dict[str, int],
    bad_rows: str = "refuse", dry_run: bool = False,
) -> LoadOutcome:  # fmt: skip
    """Load a file of areas of one country into a scheme; the same file again changes nothing.

    A row meets an area that is there by its code in the scheme, by another code it carries, or by name among areas
    of the same kind and parent; else it becomes a new area. With wrong rows nothing is loaded (`refuse`) or all but
    those and what lies inside them (`set-aside`). Refused when the viewer may not manage places.
    """
    require(by, Permission.MANAGE_PLACES)
    known = country(country_code).code
    table, outlines = read_scheme(data, name)
    rows, errors = rows_of(table, outlines, mapping, kind=kind)
    known_codes = set(queries.parent_codes(queries.codes_of(known)))
    errors = sorted([*errors, *check_rows(rows, known_codes)], key=lambda error: error.row)
    if errors and bad_rows == "refuse":
        return LoadOutcome(read=len(rows), errors=tuple(errors), loaded=False)
    good = _without(rows, {error.row for error in errors}, known_codes)
    plan = _plan(known, scheme, good)
    outcome = LoadOutcome(
        read=len(rows), errors=tuple(errors), new=tuple(area.name for area in plan.created), **plan.counted
    )
    if dry_run:
        return replace(outcome, loaded=False)
    _write(plan)
    write_trail(
        by=by, event="places.scheme_loaded", subject=("places.Area", f"{known}/{scheme}"),
        detail={"file": name, "rows": len(rows), "refused_rows": len({error.row for error in errors}), **plan.counted},
    )  # fmt: skip
    return outcome


@transaction.atomic
def load_shipped_places(*, by: Viewer) -> LoadOutcome:
    """Load the areas and the countries' populations that come with the house; again: only what is new in them."""
    require(by, Permission.MANAGE_PLACES)
    total = {"created": 0, "updated": 0, "unchanged": 0}
    read = 0
    for country_code, scheme, rows in shipped_rows():
        read += len(rows)
        plan = _plan(country_code, scheme, rows)
        _write(plan)
        for key, number in plan.counted.items():
            total[key] += number
    for source, licence, note, people in shipped_populations():
        _keep_population("populations.csv", source, licence, note, people)
    write_trail(by=by, event="places.shipped_loaded", subject=("places.Area", "shipped"), detail=total)
    return LoadOutcome(read=read, **total)


@transaction.atomic
def keep_upload(*, by: Viewer, country_code: str, scheme: str, kind: str, name: str, data: bytes) -> AreaUpload:
    """Keep a file until it is checked and loaded; one a person, the one before goes. Unreadable when it is no table."""
    require(by, Permission.MANAGE_PLACES)
    if len(data) > MAX_UPLOAD:
        raise Refused(gettext_noop("The file is larger than 10 MB. Simplify its outlines, or split it by level."))
    read_scheme(data, name)
    AreaUpload.objects.filter(account_id=by.account_id).delete()
    upload = AreaUpload.objects.create(
        account_id=by.account_id, country=country(country_code).code, scheme=scheme, kind=kind, name=name, data=data
    )
    write_trail(by=by, event="places.file_sent", subject=("places.AreaUpload", upload.pk), detail={"file": name})
    return upload


@transaction.atomic
def load_upload(
    *, by: Viewer, upload_id, mapping: dict[str, int], bad_rows: str = "refuse", dry_run: bool = False
) -> LoadOutcome:
    """Load a kept file with the mapping its sender chose; then the file goes. Dry: only say what would be."""
    upload = queries.upload_by_id(by, upload_id)
    outcome = load_scheme(
        by=by, country_code=upload.country, scheme=upload.scheme, kind=upload.kind, name=upload.name,
        data=bytes(upload.data), mapping=mapping, bad_rows=bad_rows, dry_run=dry_run,
    )  # fmt: skip
    if outcome.loaded:
        upload.delete()
    return outcome


# --- Storing ----------------------------------------------------------------------------------------


def _without(rows: list[AreaRow], wrong: set[int], known_codes: set[str]) -> list[AreaRow]:
    """The rows that may be loaded: not the wrong ones, and not those whose parent is now missing."""
    good = [row for row in rows if row.number not in wrong]
    while True:
        codes = known_codes | {row.code for row in good}
        kept = [row for row in good if not row.parent or row.parent in codes]
        if len(kept) == len(good):
            return good
        good = kept


def _outermost_first(rows: list[AreaRow]) -> list[AreaRow]:
    own = {row.code: row for row in rows}

    def depth(row):
        steps = 0
        while row.parent in own:
            row, steps = own[row.parent], steps + 1
        return steps

    return sorted(rows, key=depth)


class _Known:
    """What a country has before a load, kept in step while it goes on."""

    def __init__(self, country_code: str):
        self.country = country_code
        self.areas = {area.pk: area for area in Area.objects.filter(country=country_code)}
        self.codes = queries.codes_of(country_code)
        self.any_code = queries.parent_codes(self.codes)
        self.schemes_of: dict[object, set[str]] = {}
        for scheme, codes in self.codes.items():
            for pk in codes.values():
                self.schemes_of.setdefault(pk, set()).add(scheme)
        self.maps = any(area.region_id for area in self.areas.values())
        self.added: list[Area] = []

    @cached_property
    def named(self) -> dict[tuple[str, str], list[Area]]:
        """{(folded name, kind): areas}; read only when a row comes that no code knows."""
        found: dict[tuple[str, str], list[Area]] = {}
        for pk, folded in AreaName.objects.filter(area__country=self.country).values_list("area_id", "folded"):
            found.setdefault((folded, self.areas[pk].kind), []).append(self.areas[pk])
        for area in self.added:
            found.setdefault((name_key(area.name), area.kind), []).append(area)
        return found

    def meet(self, row: AreaRow, scheme: str, parent: Area | None) -> Area | None:
        """The area a row is about: by code, by another code, by name among its siblings of one kind."""
        for told, code in ((scheme, row.code), *row.codes.items()):
            if code in self.codes.get(told, {}):
                return self.areas[self.codes[told][code]]
        if scheme == "geonames":
            return None  # settlements of one name are many: only their number tells them apart
        same = [
            area
            for area in self.named.get((name_key(row.name), row.kind), [])
            if (parent is None or area.parent_id == parent.pk) and scheme not in self.schemes_of.get(area.pk, ())
        ]
        return same[0] if len(same) == 1 else None

    def parent_of(self, row: AreaRow, scheme: str) -> Area | None:
        pk = self.codes.get(scheme, {}).get(row.parent) or self.any_code.get(row.parent)
        return self.areas[pk] if row.parent and pk else None

    def add(self, area: Area) -> None:
        self.areas[area.pk] = area
        self.added.append(area)
        if "named" in self.__dict__:
            self.named.setdefault((name_key(area.name), area.kind), []).append(area)

    def add_code(self, area: Area, scheme: str, code: str) -> AreaCode | None:
        if not code or code in self.codes.get(scheme, {}):
            return None
        self.codes.setdefault(scheme, {})[code] = area.pk
        if scheme != "geonames":
            self.any_code.setdefault(code, area.pk)
        self.schemes_of.setdefault(area.pk, set()).add(scheme)
        return AreaCode(area_id=area.pk, scheme=scheme, country=self.country, code=code)


@dataclass
class _Plan:
    """What a load would write, worked out before anything is written."""

    created: list[Area] = field(default_factory=list)
    updated: dict[object, Area] = field(default_factory=dict)
    unchanged: int = 0
    codes: list[AreaCode] = field(default_factory=list)
    names: list[AreaName] = field(default_factory=list)
    outlines: list[AreaBoundary] = field(default_factory=list)

    @property
    def counted(self) -> dict[str, int]:
        return {"created": len(self.created), "updated": len(self.updated), "unchanged": self.unchanged}


def _plan(country_code: str, scheme: str, rows: list[AreaRow]) -> _Plan:
    known, plan = _Known(country_code), _Plan()
    for row in _outermost_first(rows):
        parent = known.parent_of(row, scheme)
        area = known.meet(row, scheme, parent)
        if area is None:
            area = _new_area(known, scheme, row, parent)
            known.add(area)
            plan.created.append(area)
        elif _change(area, row, parent):
            plan.updated[area.pk] = area
        else:
            plan.unchanged += 1
        told = ((scheme, row.code), *row.codes.items())
        plan.codes += filter(None, [known.add_code(area, told_scheme, code) for told_scheme, code in told])
        plan.names += _spellings(area, row)
        if row.geometry:
            plan.outlines.append(AreaBoundary(area_id=area.pk, geometry=row.geometry))
    return plan


def _write(plan: _Plan) -> None:
    Area.objects.bulk_create(plan.created, BATCH)
    Area.objects.bulk_update(
        plan.updated.values(), ["name", "names", "parent", "level", "latitude", "longitude", "population"], BATCH
    )
    AreaCode.objects.bulk_create(plan.codes, BATCH)
    AreaName.objects.bulk_create(plan.names, BATCH, ignore_conflicts=True)
    AreaBoundary.objects.bulk_create(
        plan.outlines, BATCH, update_conflicts=True, update_fields=["geometry"], unique_fields=["area"]
    )


def _new_area(known: _Known, scheme: str, row: AreaRow, parent: Area | None) -> Area:
    area = Area(
        country=known.country,
        code=_figure_code(known, scheme, row.code),
        kind=row.kind,
        level=parent.level + 1 if parent else 1,
        name=to_latin(row.name),
        names=_names(row),
        parent=parent,
        latitude=row.latitude,
        longitude=row.longitude,
        population=row.population,
    )
    area.region = _region(known, row, area, parent)
    return area


def _figure_code(known: _Known, scheme: str, code: str) -> str:
    """The code an area goes by in figures: as it stands where it begins with its country, else with its scheme."""
    if scheme in ("iso-3166-2", "nuts-3", "duga") or (scheme == "national" and code.startswith(known.country + "-")):
        return code
    if scheme == "geonames":
        return f"geonames:{code}"
    return f"{scheme}:{known.country}:{code}"


def _region(known: _Known, row: AreaRow, area: Area, parent: Area | None) -> Area | None:
    """The parent's region; by the point on the shipped map; itself where the country has no regions yet."""
    if row.is_region:
        return area
    if parent is not None:
        return parent.region
    if row.latitude is not None:
        code = region_at(known.country, row.longitude, row.latitude)
        if code in known.any_code:
            return known.areas[known.any_code[code]]
    return None if known.maps else area


def _names(row: AreaRow) -> dict[str, str]:
    names = dict(row.names)
    if to_latin(row.name) != row.name:  # written in Cyrillic: keep it as it is written there
        names.setdefault("mk" if set("ѓќѕЃЌЅ") & set(row.name) else "sr", row.name)
    return names


def _change(area: Area, row: AreaRow, parent: Area | None) -> bool:
    """Put what a row tells newly into an area; False when it tells nothing new."""
    told = {"names": {**area.names, **row.names}}
    if row.latitude is not None and row.kind == "settlement":
        told |= {"latitude": row.latitude, "longitude": row.longitude}
    if row.population is not None:
        told["population"] = row.population
    if parent is not None and area.parent_id is None and area.region_id != area.pk:
        told |= {"parent": parent, "level": parent.level + 1}
    changed = {key: value for key, value in told.items() if getattr(area, key) != value}
    for key, value in changed.items():
        setattr(area, key, value)
    return bool(changed)


def _spellings(area: Area, row: AreaRow) -> list[AreaName]:
    main = name_key(row.name)
    others = {name_key(name) for name in (*row.names.values(), *row.other_names)} - {main, ""}
    told = [AreaName(area_id=area.pk, folded=main, main=True)]
    short = _short(main)
    told += [AreaName(area_id=area.pk, folded=short, main=False)] if short and short not in others else []
    return told + [AreaName(area_id=area.pk, folded=name) for name in sorted(others)]


def _short(folded: str) -> str:
    """A region's name without the word for its kind: "nisavski okrug" is also asked for as "nisavski"."""
    for word in ("okrug", "zupanija", "kanton", "region", "canton", "county", "district"):
        bare = folded.removesuffix(f" {word}").removeprefix(f"{word} ")
        if bare != folded:
            return bare
    return ""
