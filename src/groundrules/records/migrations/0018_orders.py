import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_profitability"),
    ]

    operations = [
        migrations.CreateModel(
            name="BlockPurchase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("ref", models.CharField(db_index=True, max_length=120)),
                ("payload", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.client",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successor",
                        to="records.blockpurchase",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("client", "ref"),
                        name="blockpurchase_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True),
                            models.Q(("supersedes", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="blockpurchase_not_its_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeadCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("ref", models.CharField(db_index=True, max_length=120)),
                ("payload", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("unit", models.CharField(max_length=120)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.client",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successor",
                        to="records.headcount",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("client", "ref"),
                        name="headcount_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True),
                            models.Q(("supersedes", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="headcount_not_its_own",
                    ),
                ],
            },
        ),
        AppendOnly("records_blockpurchase"),
        AppendOnly("records_headcount"),
    ]
