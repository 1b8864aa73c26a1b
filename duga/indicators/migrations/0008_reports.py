import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import duga.plain.ids


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0007_definition_checks_and_owners"),
        ("members", "0003_roles_of_casework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form", models.CharField(max_length=60)),
                ("layout", models.TextField()),
                ("period", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("done", "done"), ("failed", "failed")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_by", models.CharField(max_length=254)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("result", models.JSONField(default=dict)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
    ]
