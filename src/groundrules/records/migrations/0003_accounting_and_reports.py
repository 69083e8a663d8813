"""Files for accounting and how each document stands with them, the tax of drafts, and reports by mail."""

import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewColumn, NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_health"),
    ]

    operations = [
        NewColumn(
            model_name="billingstep",
            name="tax_minor",
            field=models.BigIntegerField(null=True),
        ),
        NewColumn(
            model_name="letterdraft",
            name="report",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letter_draft",
                to="records.reportgiven",
            ),
        ),
        NewColumn(
            model_name="reportgiven",
            name="payload",
            field=models.TextField(blank=True, db_default=""),
        ),
        NewColumn(
            model_name="reportpromise",
            name="by_rule",
            field=models.BooleanField(db_default=False, default=False),
        ),
        NewColumn(
            model_name="reportpromise",
            name="recipient",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        NewTable(
            name="AccountingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("form", models.CharField(max_length=120)),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.frozenfile",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounting_files",
                        to="records.billingrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "form", "number"), name="accountingfile_number"
                    )
                ]
            },
        ),
        NewTable(
            name="AccountingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("form", models.CharField(max_length=120)),
                ("step", models.CharField(max_length=120)),
                ("says", models.TextField(blank=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounting_steps",
                        to="records.issued",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="records.accountingfile",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounting_steps",
                        to="records.billingrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ["written", "done"])),
                        fields=("document", "form", "step"),
                        name="accountingstep_once",
                    )
                ]
            },
        ),
        AppendOnly(
            "records_accountingfile",
            "records_accountingstep",
            # SQLite makes a table anew when it gets a column, and drops its triggers with the old one.
            "records_reportgiven",
            "records_reportpromise",
        ),
    ]
