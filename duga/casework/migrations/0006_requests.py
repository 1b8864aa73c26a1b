import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids
import duga.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0005_volunteers_and_stock"),
        ("members", "0003_roles_of_casework"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecurringVisit",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.programme",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.person",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.household",
                    ),
                ),
                ("need", models.CharField(max_length=40)),
                ("service_type", models.CharField(max_length=40)),
                ("rhythm", models.CharField(max_length=12)),
                ("weekdays", models.CharField(max_length=7)),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("at", models.TimeField(blank=True, null=True)),
                ("on_holidays", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.volunteer",
                    ),
                ),
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
                ("details", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("skipped", models.JSONField(blank=True, default=dict)),
                ("made_until", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                "ordering": ["begins_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), ("household__isnull", False), _connector="OR"),
                        name="visit_is_to_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("volunteer", None)),
                            models.Q(("account", None), ("volunteer__isnull", False)),
                            _connector="OR",
                        ),
                        name="visit_is_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["weekly", "fortnightly", "monthly"])), name="known_rhythm"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.programme",
                    ),
                ),
                ("code", models.CharField(max_length=12)),
                ("state", models.CharField(default="received", max_length=12)),
                ("state_since", models.DateTimeField()),
                ("state_before", models.CharField(blank=True, max_length=12)),
                ("channel", models.CharField(default="phone", max_length=20)),
                ("need", models.CharField(blank=True, max_length=40)),
                ("service_type", models.CharField(blank=True, max_length=40)),
                ("quantity", models.DecimalField(decimal_places=2, default=1, max_digits=8)),
                ("urgency", models.CharField(default="normal", max_length=10)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("asked_by", models.CharField(default="self", max_length=12)),
                ("caller", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("phone_token", models.BigIntegerField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.person",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.household",
                    ),
                ),
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
                ("place", models.CharField(blank=True, max_length=120)),
                ("details", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("reason_words", models.CharField(blank=True, max_length=300)),
                (
                    "joined_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined",
                        to="casework.request",
                    ),
                ),
                ("callback_at", models.DateTimeField(blank=True, null=True)),
                ("callback_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="casework.recurringvisit",
                    ),
                ),
                ("visit_on", models.DateField(blank=True, null=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("look_at", models.DateTimeField(blank=True, null=True)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("told_late", models.PositiveSmallIntegerField(default=0)),
                ("mark", models.BinaryField(blank=True, max_length=16, null=True)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["received", "assessed", "assigned", "under_way", "delivered"])
                        ),
                        fields=["organisation", "due_at"],
                        name="request_board",
                    ),
                    models.Index(
                        condition=models.Q(("callback_at__isnull", False)),
                        fields=["organisation", "callback_at"],
                        name="request_callback",
                    ),
                    models.Index(
                        condition=models.Q(("phone_token__isnull", False)),
                        fields=["organisation", "phone_token"],
                        name="request_phone",
                    ),
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)), fields=["look_at"], name="request_waits"
                    ),
                    models.Index(fields=["organisation", "received_at"], name="request_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "code"), name="one_request_per_code"),
                    models.UniqueConstraint(fields=("organisation", "mark"), name="request_never_twice"),
                    models.UniqueConstraint(fields=("visit", "visit_on"), name="one_request_per_visit_and_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "received",
                                    "assessed",
                                    "assigned",
                                    "under_way",
                                    "delivered",
                                    "confirmed",
                                    "refused",
                                    "withdrawn",
                                    "duplicate",
                                ],
                            )
                        ),
                        name="known_request_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urgency__in", ["emergency", "urgent", "normal"])), name="known_urgency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("joined_to__isnull", False), ("state", "duplicate")),
                            models.Q(models.Q(("state", "duplicate"), _negated=True), ("joined_to", None)),
                            _connector="OR",
                        ),
                        name="a_duplicate_is_of_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestStep",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="casework.request"
                    ),
                ),
                ("what", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=12)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("who", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("words", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="casework.request"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.volunteer",
                    ),
                ),
                ("planned_for", models.DateTimeField(blank=True, null=True)),
                ("state", models.CharField(default="offered", max_length=12)),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "assistance",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.assistance",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assigned_by",
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
                "indexes": [
                    models.Index(fields=["account", "state", "planned_for"], name="work_of_account"),
                    models.Index(fields=["volunteer", "state", "planned_for"], name="work_of_volunteer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("volunteer", None)),
                            models.Q(("account", None), ("volunteer__isnull", False)),
                            _connector="OR",
                        ),
                        name="assigned_to_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["offered", "accepted", "on_the_way", "done", "declined", "not_done", "taken_back"],
                            )
                        ),
                        name="known_assignment_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["offered", "accepted", "on_the_way"])),
                        fields=("request",),
                        name="one_has_a_request",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EscalationStep",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                ("state", models.CharField(max_length=12)),
                ("urgency", models.CharField(max_length=10)),
                ("number", models.PositiveSmallIntegerField()),
                ("hours", models.DecimalField(decimal_places=2, max_digits=7)),
                ("tell", models.CharField(max_length=14)),
            ],
            options={
                "ordering": ["organisation", "state", "urgency", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "state", "urgency", "number"), name="one_escalation_step_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "assessed", "assigned", "under_way", "delivered", "overdue"]),
                            ("tell__in", ["holder", "assigners", "supervisors", "coordinators"]),
                        ),
                        name="known_escalation_step",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
