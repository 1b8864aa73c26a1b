import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import duga.plain.ids
import duga.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0007_parties_and_cases"),
        ("directory", "0001_directory"),
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guardianship",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guardianships", to="casework.person"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("details", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("conflicted", models.BooleanField(default=False)),
                ("conflict", duga.vault.fields.SealedField(blank=True, default=b"")),
                (
                    "conflicted_by",
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
                    "recorded_by",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["", "none", "parent", "public_guardian", "relative"])),
                        name="known_guardian_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="guardian_until_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("receiver_kind", models.CharField(blank=True, max_length=12)),
                (
                    "receiver_organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                (
                    "receiver_provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.provider",
                    ),
                ),
                ("receiver_name", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("receiver_mark", models.BinaryField(blank=True, max_length=16, null=True)),
                ("categories", models.JSONField(blank=True, default=list)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="casework.person"
                    ),
                ),
                ("act", models.UUIDField(db_index=True)),
                ("purpose", models.CharField(max_length=40)),
                ("answer", models.CharField(max_length=10)),
                ("how", models.CharField(max_length=10)),
                ("with_assent", models.CharField(blank=True, max_length=3)),
                (
                    "guardianship",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.guardianship",
                    ),
                ),
                ("given_at", models.DateTimeField()),
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
                ("language", models.CharField(blank=True, max_length=12)),
                ("notice", models.CharField(blank=True, max_length=40)),
                ("witness", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("scan_type", models.CharField(blank=True, max_length=20)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_how", models.CharField(blank=True, max_length=10)),
                (
                    "withdrawn_by",
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
                "indexes": [models.Index(fields=["person", "purpose"], name="consent_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("receiver_kind", ""),
                                ("receiver_mark", None),
                                ("receiver_organisation", None),
                                ("receiver_provider", None),
                            ),
                            models.Q(
                                ("receiver_kind", "organisation"),
                                ("receiver_organisation__isnull", False),
                                ("receiver_provider", None),
                            ),
                            models.Q(
                                ("receiver_kind", "institution"),
                                ("receiver_organisation", None),
                                ("receiver_provider__isnull", False),
                            ),
                            models.Q(
                                ("receiver_kind", "named"), ("receiver_organisation", None), ("receiver_provider", None)
                            ),
                            _connector="OR",
                        ),
                        name="consent_to_one_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["", "given", "refused"])), name="known_answer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["", "assent", "guardian", "spoken", "written"])),
                        name="known_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_how", "")),
                            ("withdrawn_at__isnull", False),
                            _connector="OR",
                        ),
                        name="withdrawn_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BestInterestsDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="casework.person"
                    ),
                ),
                ("content", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("review_on", models.DateField()),
                (
                    "proposed_by",
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
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("reviewed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("decided_on", None)),
                            models.Q(
                                ("decided_on__isnull", False),
                                models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="decided_by_two",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(default=duga.plain.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("receiver_kind", models.CharField(blank=True, max_length=12)),
                (
                    "receiver_organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                    ),
                ),
                (
                    "receiver_provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.provider",
                    ),
                ),
                ("receiver_name", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("receiver_mark", models.BinaryField(blank=True, max_length=16, null=True)),
                ("categories", models.JSONField(blank=True, default=list)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="casework.person"
                    ),
                ),
                ("basis", models.CharField(max_length=40)),
                ("duty", models.CharField(blank=True, max_length=200)),
                ("reason", duga.vault.fields.SealedField(blank=True, default=b"")),
                ("told_on", models.DateField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("review_due", models.DateField()),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("review_note", duga.vault.fields.SealedField(blank=True, default=b"")),
            ],
            options={
                "indexes": [models.Index(fields=["reviewed_at", "review_due"], name="disclosure_to_review")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("receiver_kind", ""),
                                ("receiver_mark", None),
                                ("receiver_organisation", None),
                                ("receiver_provider", None),
                            ),
                            models.Q(
                                ("receiver_kind", "organisation"),
                                ("receiver_organisation__isnull", False),
                                ("receiver_provider", None),
                            ),
                            models.Q(
                                ("receiver_kind", "institution"),
                                ("receiver_organisation", None),
                                ("receiver_provider__isnull", False),
                            ),
                            models.Q(
                                ("receiver_kind", "named"), ("receiver_organisation", None), ("receiver_provider", None)
                            ),
                            _connector="OR",
                        ),
                        name="disclosed_to_one_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receiver_kind", ""), _negated=True), name="disclosed_to_somebody"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "justified", "not_justified", "too_much"])),
                        name="known_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("reviewed_at", None), ("reviewed_by", None)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("reviewed_by", models.F("decided_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="reviewed_by_another",
                    ),
                ],
            },
        ),
    ]
