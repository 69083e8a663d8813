"""Windows hosts that fetch signed actions, when backups run, and support contracts."""

import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import TablesAtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_accounting_and_reports"),
    ]

    operations = [
        TablesAtOnce(
            migrations.CreateModel(
                name="ActionHost",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("token_digest", models.CharField(max_length=64, unique=True)),
                    ("groups", models.JSONField(default=list)),
                    ("heard_at", models.DateTimeField(null=True)),
                    (
                        "gate",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="action_host",
                            to="records.gate",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="GateAction",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("sequence", models.PositiveBigIntegerField()),
                    ("window", models.CharField(db_index=True, max_length=120)),
                    ("account", models.CharField(max_length=64)),
                    ("step", models.CharField(max_length=8)),
                    ("until", models.DateTimeField(null=True)),
                    ("text", models.TextField()),
                    (
                        "gate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="actions",
                            to="records.gate",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("gate", "sequence"), name="gateaction_sequence"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("step__in", ["open", "close"])),
                            name="gateaction_step",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="GateActionAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("facts", models.JSONField(default=dict)),
                    ("refused", models.TextField(blank=True)),
                    (
                        "action",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="answer",
                            to="records.gateaction",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="SupportContract",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(db_index=True, max_length=120)),
                    ("payload", models.TextField()),
                    ("digest", models.CharField(max_length=64)),
                    ("last_day", models.DateField(null=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.supportcontract",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="support_contracts",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("supersedes__isnull", True)),
                            fields=("client", "ref"),
                            name="supportcontract_one_origin",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("supersedes__isnull", True),
                                models.Q(("supersedes", models.F("id")), _negated=True),
                                _connector="OR",
                            ),
                            name="supportcontract_not_its_own",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BackupHours",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(db_index=True, max_length=120)),
                    ("payload", models.TextField()),
                    ("digest", models.CharField(max_length=64)),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField(null=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.backuphours",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("supersedes__isnull", True)),
                            fields=("client", "ref"),
                            name="backuphours_one_origin",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("supersedes__isnull", True),
                                models.Q(("supersedes", models.F("id")), _negated=True),
                                _connector="OR",
                            ),
                            name="backuphours_not_its_own",
                        ),
                    ],
                },
            ),
        ),
        AppendOnly(
            "records_backuphours",
            "records_gateaction",
            "records_gateactionanswer",
            "records_supportcontract",
        ),
    ]
