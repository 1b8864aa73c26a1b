import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids
import duga.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_referrals"),
        ("members", "0003_roles_of_casework"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("directory", "0001_directory"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HelplineLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.organisation"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="casework.programme"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.service",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("hours", models.JSONField(blank=True, default=list)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("organisation", "name"), name="one_line_per_name")],
            },
        ),
        migrations.CreateModel(
            name="RiskInstrument",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.organisation"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=160)),
                ("licence", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=300)),
                ("data", models.JSONField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "code", "version"), name="one_instrument_per_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("organisation",), name="one_instrument_in_use"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="casework.helplineline",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="casework.person",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("kept", "kept"), ("discarded", "discarded")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("draft", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("mark", models.BinaryField(blank=True, default=b"")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("anonymous", models.BooleanField(default=True)),
                ("caller", models.CharField(blank=True, max_length=12)),
                ("relation", models.CharField(blank=True, max_length=20)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("channel", models.CharField(blank=True, max_length=20)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
                ("sex", models.CharField(blank=True, max_length=10)),
                ("age_band", models.CharField(blank=True, max_length=10)),
                ("services", models.JSONField(blank=True, default=dict)),
                ("safe", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("note", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("callback", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["line", "started_at"], name="call_line_started"),
                    models.Index(condition=models.Q(("mark", b""), _negated=True), fields=["mark"], name="call_mark"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("ended_at__isnull", False), _connector="OR"),
                        name="call_ended_unless_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="call_not_before_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("anonymous", False), ("person", None), _connector="OR"),
                        name="anonymous_call_of_nobody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskAssessment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="casework.riskinstrument",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.programme"
                    ),
                ),
                (
                    "call",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="casework.call",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="casework.person",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answers", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("score", models.PositiveSmallIntegerField()),
                ("level", models.CharField(max_length=40)),
                ("obligations", models.JSONField(default=list)),
                ("undone", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "undone"], name="assessment_undone")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("call__isnull", False), ("person__isnull", False), _connector="OR"),
                        name="assessment_of_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.programme"
                    ),
                ),
                ("asked_by", models.CharField(max_length=200)),
                ("asked_on", models.DateField()),
                ("letter", models.CharField(blank=True, max_length=80)),
                ("purpose", models.CharField(max_length=300)),
                ("month", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("refused", "refused"), ("released", "released")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "noted_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("table", models.JSONField(blank=True, default=dict)),
                (
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.monthlyrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_on", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="month_is_its_first_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "asked"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="month_decided_by_somebody",
                    ),
                ],
            },
        ),
    ]
