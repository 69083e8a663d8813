import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.tables import NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_messages_of_incidents"),
    ]

    operations = [
        NewTable(
            name="BackupTurn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("act", models.CharField(max_length=8)),
                ("until", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(blank=True)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backup_turns",
                        to="records.asset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("asset", "name", "act"), name="backupturn_one_each"
                    )
                ],
            },
        ),
    ]
