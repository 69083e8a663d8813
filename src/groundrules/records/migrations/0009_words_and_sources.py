import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_pieces"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="standing",
            name="standing_verdict",
        ),
        migrations.AddField(
            model_name="dependency",
            name="source",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="standing",
            name="speaker",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        migrations.AddField(
            model_name="standing",
            name="supersedes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor",
                to="records.standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["confirmed", "disputed", "expected", "reply"])),
                name="standing_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict", "reply"), ("speaker", ""), _connector="XOR"),
                name="standing_speaker",
            ),
        ),
        # SQLite drops triggers with the table it rebuilds.
        AppendOnly("records_standing"),
    ]
