"""Forms and their versions: what is asked, and in which words. No answers lie here."""

from django.db import models
from django.db.models import Q

from duga.surveys.rules import FormKind, MappingTarget, VersionState
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


def by_account(**more) -> models.ForeignKey:
    """Who did something here."""
    return models.ForeignKey("members.Account", models.PROTECT, related_name="+", **more)


MAYBE = {"null": True, "blank": True, "db_index": False}


def one_of(field: str, values) -> Q:
    """The field holds one of an enumeration's values."""
    return Q(**{f"{field}__in": [each.value for each in values]})


class Form(Record):
    """A form of a network (its member organisations use it) or of one organisation. `slug` is the XForm's formID."""

    network = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    slug = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default=FormKind.SURVEY.value)
    started_from = models.CharField(max_length=60, blank=True)  # the template of the bank it began with
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(
            ["network", "organisation", "slug", "title", "kind", "started_from", "closed_at"], S.INTERNAL
        ),
        "closed_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(network__isnull=False, organisation=None) | Q(network=None, organisation__isnull=False),
                name="form_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["network", "slug"], condition=Q(organisation=None), name="one_form_per_network_slug"
            ),
            models.UniqueConstraint(
                fields=["organisation", "slug"], condition=Q(network=None), name="one_form_per_organisation_slug"
            ),
            models.CheckConstraint(condition=one_of("kind", FormKind), name="known_form_kind"),
        ]


class FormVersion(Record):
    """One version of a form. A draft changes; from publishing on xform, questions and personal stay as they are.

    xform: the XForm as phones get it, md5 its hash; source: the file it was made of, as it came.
    sheets: an XLSForm's sheets {name: [[cell, …], …]} with the heading first, so that texts can be edited; else {}.
    questions: `rules.Question` as dicts, in the order of the form; languages: of its texts, the first the default's.
    personal: paths of the questions whose answers may name or describe a person, confirmed at `checked_at`.
    notes: what was found that does not stop it, `rules.Finding` as dicts. checker: "" not yet, "none", "odk_validate".
    """

    form = models.ForeignKey(Form, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, 3: the order of versions
    version = models.CharField(max_length=100, blank=True)  # as the form says it
    state = models.CharField(max_length=10, default=VersionState.DRAFT.value)
    xform = models.BinaryField()
    md5 = models.CharField(max_length=32)
    source = models.BinaryField(default=b"", blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    sheets = models.JSONField(default=dict, blank=True)
    questions = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    personal = models.JSONField(default=list, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = by_account(**MAYBE)
    notes = models.JSONField(default=list, blank=True)
    checker = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = by_account(**MAYBE)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = by_account(**MAYBE)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(
            ["form", "number", "version", "state", "xform", "md5", "source", "source_name", "sheets", "questions",
             "languages", "personal", "checked_at", "notes", "checker", "changed_at", "published_at", "withdrawn_at"],
            S.INTERNAL,
        ),
        **dict.fromkeys(["checked_by", "changed_by", "published_by", "withdrawn_by"], S.STAFF),
    }  # fmt: skip

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="versions_stand_in_order"),
            models.UniqueConstraint(fields=["form", "version"], name="one_row_per_version"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="draft"), name="one_draft_per_form"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None, withdrawn_at=None)
                | Q(state="published", published_at__isnull=False, checked_at__isnull=False, withdrawn_at=None)
                | Q(state="withdrawn", published_at__isnull=False, withdrawn_at__isnull=False),
                name="version_states_have_their_day",
            ),
        ]


class FormAttachment(Record):
    """A file that a version needs or brings: picture, sound, video, list. Empty sha256: it is still missing.

    The bytes lie in files storage under their sha256; md5 is what OpenRosa's manifest asks for.
    """

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)  # rules.AttachmentKind
    media_type = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    size = models.PositiveIntegerField(default=0)
    needed = models.BooleanField(default=True)  # the form names it

    SENSITIVITY = dict.fromkeys(
        ["version", "name", "kind", "media_type", "sha256", "md5", "size", "needed"], S.INTERNAL
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="one_attachment_per_name")]


class AnswerMapping(Record):
    """What a form's answers become, told once and versioned. `rules` are checked by the stage that carries it out."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="mappings")
    number = models.PositiveIntegerField()
    target = models.CharField(max_length=12)
    rules = models.JSONField(default=dict)
    by = by_account(**MAYBE)
    ended_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {**dict.fromkeys(["form", "number", "target", "rules", "ended_at"], S.INTERNAL), "by": S.STAFF}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "target", "number"], name="mappings_stand_in_order"),
            models.UniqueConstraint(
                fields=["form", "target"], condition=Q(ended_at=None), name="one_mapping_in_force_per_target"
            ),
            models.CheckConstraint(condition=one_of("target", MappingTarget), name="known_mapping_target"),
        ]
