import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0015_households_made_one")]

    operations = [
        migrations.AddField("device", "token", models.BinaryField(max_length=32, null=True, unique=True)),
        migrations.AddField("device", "session", models.BinaryField(blank=True, default=b"")),
        migrations.AddField("device", "waiting", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            "devicerecord",
            "device",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="casework.device",
            ),
        ),
        migrations.AddField(
            "devicerecord",
            "access",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="records",
                to="casework.volunteeraccess",
            ),
        ),
        migrations.AddConstraint(
            "devicerecord", models.UniqueConstraint(fields=["access", "nonce"], name="each_tick_once")
        ),
        migrations.AddConstraint(
            "devicerecord",
            models.CheckConstraint(
                condition=models.Q(device__isnull=False, access=None) | models.Q(device=None, access__isnull=False),
                name="record_of_one_phone",
            ),
        ),
    ]
