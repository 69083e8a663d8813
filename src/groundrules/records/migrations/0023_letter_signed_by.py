"""Who signed the PDF of a sent letter; SQLite makes the table anew for it, so its guards are put back."""

from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewColumn


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0022_repository_checks"),
    ]

    operations = [
        NewColumn(
            model_name="letter",
            name="signed_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        AppendOnly("records_letter"),
    ]
