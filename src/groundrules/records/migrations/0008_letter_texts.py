"""What letters say, version by version; in which language somebody is written to; a text for one letter alone."""

from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewColumn, NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_answer_at_stake"),
    ]

    operations = [
        NewColumn(
            model_name="client",
            name="language",
            field=models.CharField(blank=True, db_default="", max_length=8),
        ),
        NewColumn(
            model_name="contact",
            name="language",
            field=models.CharField(blank=True, db_default="", max_length=8),
        ),
        NewColumn(
            model_name="letterdraft",
            name="own_text",
            field=models.TextField(blank=True, db_default=""),
        ),
        NewColumn(
            model_name="vendor",
            name="language",
            field=models.CharField(blank=True, db_default="", max_length=8),
        ),
        NewTable(
            name="LetterText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=120)),
                ("language", models.CharField(max_length=8)),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("origin", models.CharField(max_length=16)),
                ("why", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "language", "number"), name="lettertext_one_version_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["own", "restored", "noted"])),
                        name="lettertext_origin",
                    ),
                ],
            },
        ),
        AppendOnly("records_lettertext"),
    ]
