from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("casework", "0008_bases_and_consent")]

    operations = []
