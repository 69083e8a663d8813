from django.db import migrations, models

from groundrules.records.tables import NewColumn


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_disputes"),
    ]

    operations = [
        NewColumn(
            model_name="billinganswer",
            name="at_stake_minor",
            field=models.BigIntegerField(null=True),
        ),
    ]
