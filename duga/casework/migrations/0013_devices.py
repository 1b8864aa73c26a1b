import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0012_feedback"),
        ("members", "0003_roles_of_casework"),
        ("members", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
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
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("secret", models.BinaryField(max_length=32, unique=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("wiped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "wiped_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="DeviceRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="casework.device"
                    ),
                ),
                ("nonce", models.UUIDField()),
                ("kind", models.CharField(max_length=12)),
                ("made_at", models.DateTimeField()),
                ("result", models.UUIDField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("device", "nonce"), name="each_record_once")],
            },
        ),
    ]
