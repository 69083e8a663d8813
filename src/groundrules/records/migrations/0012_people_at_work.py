import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from groundrules.records.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="RunningTimer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("line", models.CharField(blank=True, max_length=500)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="timer",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Override",
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
                ("outcome", models.CharField(max_length=120)),
                ("reason", models.TextField()),
                ("lifted", models.BooleanField()),
                ("decided_at", models.DateTimeField()),
                ("difference_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.client",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="records.timeentry",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successor",
                        to="records.override",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["client", "decided_at"], name="override_timeline")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("client", "ref"),
                        name="override_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True),
                            models.Q(("supersedes", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="override_not_its_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionSetAside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.session",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="set_aside",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "session"), name="sessionsetaside_once")
                ],
            },
        ),
        AppendOnly("records_override"),
    ]
