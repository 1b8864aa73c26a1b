import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids
import duga.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0011_helpline"),
        ("members", "0003_roles_of_casework"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("directory", "0001_directory"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
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
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directory.service",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("praise", "praise"),
                            ("suggestion", "suggestion"),
                            ("complaint", "complaint"),
                            ("sensitive", "sensitive"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("page", "page"), ("paper", "paper"), ("organisation", "organisation")], max_length=12
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("looked_into", "looked_into"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("language", models.CharField(max_length=12)),
                ("may_count", models.BooleanField(default=False)),
                ("wants_contact", models.BooleanField(default=False)),
                ("told", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("answer", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("code", models.BinaryField(blank=True, default=b"")),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback",
                "ordering": ["due_at", "id"],
                "indexes": [models.Index(fields=["organisation", "state"], name="feedback_organisation_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rating", None), ("rating__range", (1, 5)), _connector="OR"),
                        name="feedback_rating",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sender", None),
                            models.Q(("sender", models.F("organisation")), _negated=True),
                            _connector="OR",
                        ),
                        name="feedback_sender_is_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code", b""), _negated=True), fields=("code",), name="one_feedback_per_code"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackKeptFrom",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_from",
                        to="casework.feedback",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("feedback", "account"), name="kept_from_once")],
            },
        ),
    ]
