import django.db.models.deletion
from django.db import migrations, models

from groundrules.records.guards import AppendOnly
from groundrules.records.tables import NewConstraint, NewIndex, NewTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_letter_texts"),
    ]

    operations = [
        NewTable(
            name="SignatureRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=32)),
                ("about", models.CharField(max_length=120)),
                ("title", models.TextField()),
                ("content_digest", models.CharField(max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature_requests",
                        to="records.client",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.frozenfile",
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature_requests",
                        to="records.contact",
                    ),
                ),
            ],
        ),
        NewTable(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("typed_name", models.CharField(max_length=120)),
                ("scanned", models.BooleanField()),
                ("address", models.CharField(blank=True, max_length=64)),
                ("document_digest", models.CharField(max_length=64)),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.frozenfile",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.frozenfile",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature",
                        to="records.signaturerequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        NewIndex(
            model_name="signaturerequest",
            index=models.Index(fields=["client", "about"], name="signaturerequest_by_about"),
        ),
        NewConstraint(
            model_name="signaturerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["letter of agency", "agreement"])),
                name="signaturerequest_kind",
            ),
        ),
        AppendOnly("records_signaturerequest"),
        AppendOnly("records_signature"),
    ]
