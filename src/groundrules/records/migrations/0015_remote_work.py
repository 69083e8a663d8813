import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0014_backup_turns"),
    ]

    operations = [
        NewTable(
            name="PatchPolicy",
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
                        to="records.patchpolicy",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("client", "ref"),
                        name="patchpolicy_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True),
                            models.Q(("supersedes", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="patchpolicy_not_its_own",
                    ),
                ],
            },
        ),
        NewTable(
            name="RunStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("plan", models.CharField(db_index=True, max_length=120)),
                ("attempt", models.PositiveIntegerField()),
                ("standing", models.CharField(max_length=16)),
                ("says", models.TextField(blank=True)),
                ("evidence_digest", models.CharField(blank=True, max_length=64)),
                (
                    "asset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run_steps",
                        to="records.asset",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run_steps",
                        to="records.client",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client", "plan", "attempt"], name="runstep_of_plan")
                ],
            },
        ),
        NewTable(
            name="WorkPlan",
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
                ("kind", models.CharField(max_length=120)),
                ("ring", models.CharField(blank=True, max_length=120)),
                ("planned_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
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
                        to="records.workplan",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["client", "planned_at"], name="workplan_timeline")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("client", "ref"),
                        name="workplan_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True),
                            models.Q(("supersedes", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="workplan_not_its_own",
                    ),
                ],
            },
        ),
        AppendOnly("records_patchpolicy"),
        AppendOnly("records_workplan"),
        AppendOnly("records_runstep"),
    ]
