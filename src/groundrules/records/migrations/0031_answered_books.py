import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.tables import NewIndex, NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0030_archive_looks"),
    ]

    operations = [
        NewTable(
            name="AnsweredBooks",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rests_on", models.CharField(max_length=64)),
                ("entries", models.PositiveIntegerField()),
                ("last_entry", models.BigIntegerField()),
                ("decisions", models.PositiveIntegerField()),
                ("charges", models.PositiveIntegerField()),
                ("journal", models.PositiveIntegerField()),
                ("answered_at", models.DateTimeField()),
                ("holds_until", models.DateTimeField()),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answered_books",
                        to="records.client",
                    ),
                ),
            ],
        ),
        NewIndex(
            model_name="journalentry",
            index=models.Index(fields=["client", "source"], name="journalentry_source"),
        ),
        NewIndex(
            model_name="rawevidence",
            index=models.Index(
                condition=models.Q(("format", "replay")),
                fields=["client"],
                name="rawevidence_replays",
            ),
        ),
    ]
