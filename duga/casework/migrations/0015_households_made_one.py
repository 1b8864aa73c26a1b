"""A household that was here twice says which of the two it is part of."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_staged_kind")]

    operations = [
        migrations.AddField(
            model_name="household",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.household",
            ),
        )
    ]
