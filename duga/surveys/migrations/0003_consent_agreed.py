from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_receiving_marks")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="consent_version",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
