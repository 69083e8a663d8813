from django.db import migrations, models

from groundrules.records.tables import NewColumn


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0028_proof_origins"),
    ]

    operations = [
        NewColumn(
            model_name="healthlook",
            name="found",
            field=models.TextField(blank=True, db_default=""),
        ),
    ]
