from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0016_phones_ask")]

    operations = [
        migrations.RemoveIndex(model_name="request", name="request_board"),
        migrations.AddIndex("case", models.Index(fields=["organisation", "review_on", "id"], name="case_next_look")),
        migrations.AddIndex(
            "person",
            models.Index(
                condition=models.Q(("programme__isnull", False)), fields=["programme"], name="person_in_a_programme"
            ),
        ),
        migrations.AddIndex(
            "request", models.Index(fields=["organisation", "state", "due_at"], name="request_by_state")
        ),
    ]
