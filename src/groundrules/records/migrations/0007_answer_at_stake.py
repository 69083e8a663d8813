from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_disputes"),
    ]

    operations = [
        migrations.AddField(
            model_name="billinganswer",
            name="at_stake_minor",
            field=models.BigIntegerField(null=True),
        ),
    ]
