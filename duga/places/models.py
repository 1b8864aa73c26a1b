"""Areas of any scheme and depth, their codes side by side, their names in every spelling, their outlines."""

from django.db import models
from django.db.models import Q

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Area(Record):
    """A place that work happens in: a region, a municipality, a settlement."""

    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2; XK for Kosovo*
    code = models.CharField(max_length=80, unique=True)  # the code it goes by in figures: "RS-20", "geonames:787657"
    kind = models.CharField(max_length=20)  # a key of rules.KINDS
    level = models.PositiveSmallIntegerField(default=1)  # how deep it lies below its country
    name = models.CharField(max_length=200)  # as it is written there, in Latin script
    names = models.JSONField(default=dict, blank=True)  # {language: name}; Serbian in Cyrillic
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    region = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="within")
    latitude = models.FloatField(null=True, blank=True)  # degrees, WGS 84
    longitude = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)  # as the source told it

    SENSITIVITY = {
        "country": S.PUBLIC, "code": S.PUBLIC, "kind": S.PUBLIC, "level": S.PUBLIC, "name": S.PUBLIC,
        "names": S.PUBLIC, "parent": S.PUBLIC, "region": S.PUBLIC, "latitude": S.PUBLIC, "longitude": S.PUBLIC,
        "population": S.PUBLIC,
    }  # fmt: skip

    def __str__(self):
        return f"{self.name} ({self.country})"

    class Meta:
        ordering = ["country", "level", "name"]
        indexes = [models.Index(fields=["country", "level", "name"])]
        constraints = [
            models.CheckConstraint(
                name="area_point_is_whole",
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(name="area_not_its_own_parent", condition=~Q(parent=models.F("id"))),
        ]


class AreaCode(Record):
    """What an area is called in one scheme: ISO 3166-2, NUTS 3, p-codes, national codes, side by side."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=40)
    country = models.CharField(max_length=2)  # national codes are unique in their country only
    code = models.CharField(max_length=40)

    SENSITIVITY = {"area": S.PUBLIC, "scheme": S.PUBLIC, "country": S.PUBLIC, "code": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "scheme", "code"], name="one_area_for_a_code")]
        indexes = [models.Index(fields=["code"])]


class AreaName(Record):
    """A spelling an area is found by, folded (blind to script and diacritics); `main` for the name it bears."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="spellings")
    folded = models.CharField(max_length=200)
    main = models.BooleanField(default=False)

    SENSITIVITY = {"area": S.PUBLIC, "folded": S.PUBLIC, "main": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded", "area"], name="a_spelling_once")]


class AreaBoundary(Record):
    """The outline of an area that came with a loaded scheme; regions of the shipped map are in a file."""

    area = models.OneToOneField(Area, models.CASCADE, related_name="boundary")
    geometry = models.JSONField()  # GeoJSON Polygon or MultiPolygon, degrees

    SENSITIVITY = {"area": S.PUBLIC, "geometry": S.PUBLIC}


class AreaUpload(Record):
    """A file of areas waiting to be checked and loaded; its bytes go when that is done."""

    account = models.ForeignKey("members.Account", models.CASCADE, related_name="+")
    country = models.CharField(max_length=2)
    scheme = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)  # of the file
    data = models.BinaryField()
    mapping = models.JSONField(default=dict, blank=True)  # {field: column index}

    SENSITIVITY = {
        "account": S.STAFF, "country": S.INTERNAL, "scheme": S.INTERNAL, "kind": S.INTERNAL, "name": S.INTERNAL,
        "data": S.INTERNAL, "mapping": S.INTERNAL,
    }  # fmt: skip


class PopulationTable(Record):
    """How many people live where, as one source told it; never changed, a newer table takes the place of its years."""

    name = models.CharField(max_length=200)  # of the file
    source = models.CharField(max_length=300)  # who published it, and where
    licence = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)  # what readers must know beside the figures
    rows = models.JSONField()  # [[country, area, year, sex, age band, inhabitants]], "(all)" in a total
    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256 of what it says
    loaded_at = models.DateTimeField()  # again, where a table that was replaced is loaded once more

    SENSITIVITY = {
        "name": S.PUBLIC, "source": S.PUBLIC, "licence": S.PUBLIC, "note": S.PUBLIC, "rows": S.PUBLIC,
        "fingerprint": S.PUBLIC, "loaded_at": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["-loaded_at"]
