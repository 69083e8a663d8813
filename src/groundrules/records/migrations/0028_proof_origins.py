"""By which way a result, a drill or a check came into the books; SQLite makes the tables anew, so guards are put back."""

from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewColumn


def _origin() -> "models.CharField[str, str]":
    return models.CharField(db_default="not noted", default="not noted", max_length=16)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0027_evidence_tray"),
    ]

    operations = [
        NewColumn(model_name="backupresult", name="origin", field=_origin()),
        NewColumn(model_name="restoredrill", name="origin", field=_origin()),
        NewColumn(model_name="repositorycheck", name="origin", field=_origin()),
        AppendOnly("records_backupresult", "records_restoredrill", "records_repositorycheck"),
    ]
