from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_segments"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="change",
            name="change_timeline",
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["asset", "not_before", "not_after"], name="change_timeline"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["asset", "not_after"], name="change_ends"),
        ),
    ]
