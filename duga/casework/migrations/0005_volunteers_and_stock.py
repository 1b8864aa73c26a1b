import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids
import duga.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0004_file_names_sealed"),
        ("members", "0003_roles_of_casework"),
        ("members", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Volunteer",
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
                ("code", models.CharField(max_length=12)),
                ("identity", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("skills", models.JSONField(blank=True, default=list)),
                ("languages", models.JSONField(blank=True, default=list)),
                ("areas", models.JSONField(blank=True, default=list)),
                ("available", models.JSONField(blank=True, default=dict)),
                ("drives", models.BooleanField(default=False)),
                ("insured_until", models.DateField(blank=True, null=True)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("state", models.CharField(default="active", max_length=10)),
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
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "code"), name="one_volunteer_per_code"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "paused", "ended"])), name="known_volunteer_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ended"), ("until__isnull", False)),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("until", None)),
                            _connector="OR",
                        ),
                        name="ended_on_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VolunteerTraining",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trainings", to="casework.volunteer"
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("date", models.DateField()),
                ("hours", models.DecimalField(decimal_places=2, max_digits=5)),
                ("expires_on", models.DateField(blank=True, null=True)),
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
            ],
            options={
                "ordering": ["-date", "title"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hours__gt", 0)), name="training_took_time")
                ],
            },
        ),
        migrations.CreateModel(
            name="VolunteerHours",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hours", to="casework.volunteer"
                    ),
                ),
                ("date", models.DateField()),
                ("hours", models.DecimalField(decimal_places=2, max_digits=4)),
                ("activity", models.CharField(max_length=40)),
                ("assignment_id", models.UUIDField(blank=True, null=True)),
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
                ("mark", models.BinaryField(blank=True, max_length=16, null=True)),
            ],
            options={
                "ordering": ["-date", "-id"],
                "indexes": [models.Index(fields=["volunteer", "date"], name="volunteer_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hours__gt", 0), ("hours__lte", 24)), name="hours_of_one_day"
                    ),
                    models.UniqueConstraint(fields=("volunteer", "mark"), name="hours_never_twice"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VolunteerAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accesses", to="casework.volunteer"
                    ),
                ),
                ("code", models.BinaryField(blank=True, max_length=32, null=True, unique=True)),
                ("code_until", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("device", models.BinaryField(blank=True, max_length=32, null=True, unique=True)),
                ("device_name", models.CharField(blank=True, max_length=60)),
                ("pin", models.CharField(blank=True, max_length=128)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("open_key", models.BinaryField(blank=True, max_length=32, null=True)),
                ("open_until", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
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
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("device", None), ("pin", ""), ("used_at", None)),
                            models.Q(("code", None), ("used_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_or_device",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at", None),
                            models.Q(("code", None), ("device", None), ("open_key", None), ("pin", "")),
                            _connector="OR",
                        ),
                        name="ended_device_holds_no_secret",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockItem",
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
                ("unit", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("store", models.CharField(max_length=120)),
                ("minimum", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("balance", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("counted_on", models.DateField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["store", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "store", "name"), name="one_item_per_store"),
                    models.CheckConstraint(condition=models.Q(("balance__gte", 0)), name="stock_never_negative"),
                    models.CheckConstraint(condition=models.Q(("minimum__gte", 0)), name="minimum_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="casework.stockitem"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "receipt"),
                            ("issue", "issue"),
                            ("return", "return"),
                            ("loss", "loss"),
                            ("correction", "correction"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=12)),
                ("change", models.DecimalField(decimal_places=2, max_digits=12)),
                ("after", models.DecimalField(decimal_places=2, max_digits=12)),
                ("date", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("batch", models.CharField(blank=True, max_length=60)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("told", duga.vault.fields.SealedField(blank=True, default=b"")),
                (
                    "assistance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.assistance",
                    ),
                ),
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
                ("mark", models.BinaryField(blank=True, max_length=16, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="movement_above_zero"),
                    models.CheckConstraint(condition=models.Q(("after__gte", 0)), name="movement_leaves_no_debt"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change", models.F("quantity")), ("kind__in", ["receipt", "return"])),
                            models.Q(
                                (
                                    "change",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.Value(-1)
                                    ),
                                ),
                                ("kind__in", ["issue", "loss"]),
                            ),
                            models.Q(
                                ("kind", "correction"),
                                models.Q(
                                    ("change", models.F("quantity")),
                                    (
                                        "change",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "*", models.Value(-1)
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="movement_has_its_sign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "loss"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("kind", "loss"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="loss_has_its_reason",
                    ),
                    models.UniqueConstraint(fields=("item", "mark"), name="movement_never_twice"),
                ],
            },
        ),
    ]
