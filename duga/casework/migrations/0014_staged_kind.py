"""A file on its way in says what it holds: assistance, or volunteers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0013_devices")]

    operations = [
        migrations.AddField(
            model_name="stagedimport", name="kind", field=models.CharField(default="assistance", max_length=12)
        )
    ]
