import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.hot_events import HotTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_agents"),
    ]

    operations = [
        migrations.CreateModel(
            name="HotFloor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at_us", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="hotfloor_only_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("events", models.BigIntegerField()),
                ("length", models.BigIntegerField()),
                ("assets", models.JSONField(default=list)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="segments",
                        to="records.client",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successor",
                        to="records.segment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SegmentDropped",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("reason", models.TextField()),
                (
                    "segment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dropping",
                        to="records.segment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SegmentedEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("events", models.BigIntegerField()),
                ("problem", models.TextField(blank=True)),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="segmented",
                        to="records.rawevidence",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SegmentHolding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("events", models.BigIntegerField()),
                ("bare", models.BooleanField(default=False)),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="records.rawevidence",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="records.segment",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(fields=["client", "last_at", "first_at"], name="segment_by_time"),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("client", "digest"), name="segment_once"),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.CheckConstraint(
                condition=models.Q(("events__gte", 1)), name="segment_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_at__gte", models.F("first_at"))), name="segment_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentdropped",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="segmentdropped_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentedevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("events__gte", 0)), name="segmentedevidence_events"
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentholding",
            constraint=models.UniqueConstraint(
                fields=("segment", "evidence"), name="segmentholding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentholding",
            constraint=models.CheckConstraint(
                condition=models.Q(("events__gte", 1)), name="segmentholding_not_empty"
            ),
        ),
        AppendOnly(
            "records_segment",
            "records_segmentholding",
            "records_segmentedevidence",
            "records_segmentdropped",
        ),
        HotTable(),
    ]
