"""All tables as they were when the migrations 0001 to 0025 became one, and the triggers that make books of them."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from groundrules.records.guards import AppendOnly, FrozenWhen
from groundrules.records.hot_events import HotTable
from groundrules.records.tables import TablesAtOnce

_BOOKS = (
    "accessrequest accesswindow agentkey assumption attribution auditentry batch billinganswer billingrun "
    "billingstep blockpurchase cause certificate certificaterevoked change charge chargeddecision "
    "conditionrecord decision delivery documentperiod feebilled freeze frozenfile gap gatesteptaken "
    "headcount healthcheck incident incomingmail invoicestanding issued issuedline journalentry letter "
    "letterofagency lifecycleentry mailfiling message notice observation override ownrun posting promise "
    "purchaseorder quarantined rawevidence reading recordingsfetched recovery redaction "
    "relationshipdecision replyinvitation reportgiven reportpromise request rulesacceptance "
    "rulesofengagement scorecardrule sealcheckpoint sealcosignature sealkey sealleaf seallog "
    "sealtimestamp segment segmentdropped segmentedevidence segmentholding session sessionend "
    "sessionrecording snapshot standing standingapproval thirdpartyattempt timeentry"
)


class Migration(migrations.Migration):
    """Creates tables and triggers; a database that went through the migrations before has them already."""

    initial = True
    replaces = [
        ("records", "0001_cards_and_books"),
        ("records", "0002_guard_the_books"),
        ("records", "0003_seal"),
        ("records", "0004_agents"),
        ("records", "0005_segments"),
        ("records", "0006_change_indexes"),
        ("records", "0007_gate"),
        ("records", "0008_pieces"),
        ("records", "0009_words_and_sources"),
        ("records", "0010_find_by_reference"),
        ("records", "0011_timestamps"),
        ("records", "0012_people_at_work"),
        ("records", "0013_portal"),
        ("records", "0014_agreement_draft"),
        ("records", "0015_deliveries"),
        ("records", "0016_tax_and_parties"),
        ("records", "0017_profitability"),
        ("records", "0018_orders"),
        ("records", "0019_recordings"),
        ("records", "0020_incoming_mail"),
        ("records", "0021_door"),
        ("records", "0022_month_end"),
        ("records", "0023_rules"),
        ("records", "0024_standing_approvals"),
        ("records", "0025_client_reports"),
    ]
    dependencies = []
    operations = [
        TablesAtOnce(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    (
                        "last_login",
                        models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                    ),
                    ("email", models.EmailField(max_length=254, unique=True)),
                    ("name", models.CharField(max_length=120)),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("owner", "Owner"),
                                ("technician", "Technician"),
                                ("accountant", "Accountant"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True)),
                ],
            ),
            migrations.CreateModel(
                name="Agreement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=120)),
                    ("title", models.CharField(max_length=120)),
                ],
            ),
            migrations.CreateModel(
                name="Asset",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("kind", models.CharField(default="server", max_length=64)),
                    ("zone", models.CharField(blank=True, max_length=64)),
                    ("operating_system", models.CharField(blank=True, max_length=200)),
                ],
            ),
            migrations.CreateModel(
                name="BillingRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("first", models.DateField(unique=True)),
                    ("end", models.DateField()),
                    ("hold_hours", models.PositiveIntegerField()),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="FrozenFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("media_type", models.CharField(max_length=120)),
                    ("content", models.BinaryField()),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="IncomingMail",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("mailbox", models.CharField(max_length=255)),
                    ("uid", models.CharField(blank=True, max_length=120)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("length", models.BigIntegerField()),
                    ("message_id", models.CharField(db_index=True, max_length=255)),
                    ("thread", models.CharField(db_index=True, max_length=255)),
                    ("received_at", models.DateTimeField()),
                    ("sender", models.CharField(blank=True, max_length=255)),
                    ("subject", models.TextField(blank=True)),
                    ("payload", models.TextField(blank=True)),
                    ("problem", models.TextField(blank=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Quarantined",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("length", models.BigIntegerField()),
                    ("name", models.CharField(max_length=255)),
                    ("format", models.CharField(blank=True, max_length=120)),
                    ("host", models.CharField(blank=True, max_length=255)),
                    ("problem", models.TextField()),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SealCheckpoint",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("size", models.BigIntegerField()),
                    ("root", models.CharField(max_length=64)),
                    ("note", models.TextField()),
                ],
            ),
            migrations.CreateModel(
                name="SealKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("role", models.CharField(max_length=16)),
                    ("verifier_key", models.TextField()),
                ],
            ),
            migrations.CreateModel(
                name="Series",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=120, unique=True)),
                    ("prefix", models.CharField(max_length=120)),
                    ("last_number", models.PositiveIntegerField(default=0)),
                    ("last_seal", models.CharField(blank=True, max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name="AgreementDraft",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("text", models.TextField()),
                    ("in_force_date", models.DateField(null=True)),
                    ("saved_at", models.DateTimeField()),
                    ("saved_by", models.CharField(max_length=120)),
                    (
                        "agreement",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="draft",
                            to="records.agreement",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Agent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=120, unique=True)),
                    ("stream", models.CharField(max_length=120, unique=True)),
                    ("hostname", models.CharField(max_length=255)),
                    ("machine_digest", models.CharField(blank=True, max_length=64)),
                    ("software", models.CharField(blank=True, max_length=255)),
                    ("heartbeat_seconds", models.PositiveIntegerField()),
                    ("enrolled_at", models.DateTimeField()),
                    ("ahead_sequence", models.BigIntegerField(default=0)),
                    ("ahead_collected_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="agents",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Batch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("stream", models.CharField(max_length=120)),
                    ("sequence", models.BigIntegerField()),
                    ("digest", models.CharField(max_length=64)),
                    ("previous", models.CharField(blank=True, max_length=64)),
                    ("length", models.BigIntegerField()),
                    ("signature", models.CharField(max_length=128)),
                    ("collected_at", models.DateTimeField()),
                    ("boot", models.CharField(blank=True, max_length=120)),
                    (
                        "agent",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="batches",
                            to="records.agent",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="CertificateAuthority",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("public_key", models.CharField(max_length=512, unique=True)),
                    ("made_at", models.DateTimeField()),
                    ("retired_at", models.DateTimeField(null=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("retired_at__isnull", True),
                                ("retired_at__gte", models.F("made_at")),
                                _connector="OR",
                            ),
                            name="certificateauthority_retired_later",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChangesDue",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("since", models.DateTimeField()),
                    (
                        "asset",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="changes_due",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Client",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("legal_name", models.CharField(blank=True, db_default="", max_length=200)),
                    ("country", models.CharField(blank=True, db_default="", max_length=2)),
                    ("vat_id", models.CharField(blank=True, db_default="", max_length=64)),
                    ("tax_number", models.CharField(blank=True, db_default="", max_length=64)),
                    (
                        "electronic_address",
                        models.CharField(blank=True, db_default="", max_length=200),
                    ),
                    (
                        "electronic_scheme",
                        models.CharField(blank=True, db_default="", max_length=4),
                    ),
                    ("account", models.CharField(blank=True, db_default="", max_length=64)),
                    ("account_name", models.CharField(blank=True, db_default="", max_length=200)),
                    ("bank", models.CharField(blank=True, db_default="", max_length=64)),
                    ("zone", models.CharField(max_length=64)),
                    ("currency", models.CharField(max_length=3)),
                    ("notice_email", models.EmailField(blank=True, max_length=254)),
                    ("address", models.TextField(blank=True)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("code",), name="client_code")],
                },
            ),
            migrations.CreateModel(
                name="Charge",
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
                    ("service_day", models.DateField()),
                    ("minutes", models.PositiveIntegerField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.charge",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Change",
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
                    ("component", models.TextField()),
                    ("action", models.CharField(max_length=120)),
                    ("before", models.TextField(null=True)),
                    ("after", models.TextField(null=True)),
                    ("not_before", models.DateTimeField()),
                    ("not_after", models.DateTimeField()),
                    ("actor_account", models.CharField(blank=True, max_length=255)),
                    ("sentence", models.TextField()),
                    ("snapshot_only", models.BooleanField()),
                    ("run", models.CharField(blank=True, max_length=120)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="changes",
                            to="records.asset",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.change",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="BlockPurchase",
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
                    ("day", models.DateField()),
                    ("minutes", models.PositiveIntegerField()),
                    ("price_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.blockpurchase",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="BillingStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("step", models.CharField(max_length=120)),
                    ("says", models.TextField(blank=True)),
                    ("drafts", models.TextField(blank=True)),
                    ("doubts", models.TextField(blank=True)),
                    ("documents", models.JSONField(default=list)),
                    ("total_minor", models.BigIntegerField()),
                    ("value_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("digest", models.CharField(blank=True, max_length=64)),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="records.billingrun",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="billing_steps",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="BillingAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("key", models.TextField()),
                    ("reason", models.TextField()),
                    ("until", models.DateField(null=True)),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="answers",
                            to="records.billingrun",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="AuditEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("verb", models.CharField(max_length=120)),
                    ("subject", models.CharField(db_index=True, max_length=120)),
                    ("says", models.TextField()),
                    ("details", models.JSONField(default=dict)),
                    (
                        "client",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="audit",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Assumption",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("kind", models.CharField(max_length=120)),
                    ("subject", models.CharField(blank=True, max_length=120)),
                    ("first", models.DateField()),
                    ("payload", models.TextField()),
                    (
                        "client",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assumptions",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="asset",
                name="client",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="assets",
                    to="records.client",
                ),
            ),
            migrations.CreateModel(
                name="Application",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="applications",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="applications",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="agreement",
                name="client",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="agreements",
                    to="records.client",
                ),
            ),
            migrations.CreateModel(
                name="Account",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200)),
                    ("identifier", models.CharField(blank=True, max_length=200)),
                    ("party_kind", models.CharField(max_length=64)),
                    ("party_code", models.CharField(max_length=64)),
                    ("party_name", models.CharField(blank=True, max_length=200)),
                    ("person", models.CharField(blank=True, max_length=200)),
                    ("shared", models.BooleanField(default=False)),
                    ("held_from", models.DateTimeField(null=True)),
                    ("held_to", models.DateTimeField(null=True)),
                    (
                        "host",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="accounts",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="accounts",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="ConditionRecord",
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
                    ("condition", models.CharField(max_length=120)),
                    ("shown_at", models.DateTimeField()),
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
                            to="records.conditionrecord",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Contact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("role", models.CharField(blank=True, max_length=200)),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("authorities", models.JSONField(default=list)),
                    ("authorised_from", models.DateTimeField(null=True)),
                    ("authorised_to", models.DateTimeField(null=True)),
                    ("outside", models.BooleanField(default=False)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="contacts",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Decision",
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
                    ("number", models.CharField(max_length=120, unique=True)),
                    ("decided_at", models.DateTimeField()),
                    ("outcomes", models.JSONField(default=dict)),
                    ("clauses", models.JSONField(default=list)),
                    ("inputs", models.JSONField(default=list)),
                    ("rules", models.TextField()),
                    ("zones_version", models.CharField(max_length=120)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.decision",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ChargedDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    (
                        "charge",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="charged_decisions",
                            to="records.charge",
                        ),
                    ),
                    (
                        "decision",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="charged",
                            to="records.decision",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Delegation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("areas", models.JSONField(default=list)),
                    ("servers", models.JSONField(default=list)),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    ("revoked_at", models.DateTimeField(null=True)),
                    ("revoked_by", models.CharField(blank=True, max_length=120)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="delegations",
                            to="records.client",
                        ),
                    ),
                    (
                        "delegate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="delegations",
                            to="records.contact",
                        ),
                    ),
                    (
                        "granted_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.contact",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Dependency",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("dependent", models.CharField(max_length=200)),
                    ("component", models.CharField(max_length=200)),
                    ("grade", models.CharField(max_length=64)),
                    ("source", models.TextField(blank=True, db_default="")),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="dependencies",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="DocumentPeriod",
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
                    ("first", models.DateField()),
                    ("end", models.DateField()),
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
                            to="records.documentperiod",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="EnrolmentToken",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("heartbeat_seconds", models.PositiveIntegerField()),
                    ("made_at", models.DateTimeField()),
                    ("made_by", models.CharField(max_length=120)),
                    ("expires_at", models.DateTimeField()),
                    ("used_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="enrolment_tokens",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="agent",
                name="token",
                field=models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="agent",
                    to="records.enrolmenttoken",
                ),
            ),
            migrations.CreateModel(
                name="FeeBilled",
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
                    ("month", models.DateField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="fees_billed",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.feebilled",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Freeze",
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
                            to="records.freeze",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Gap",
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
                    ("source", models.CharField(max_length=255)),
                    ("says", models.TextField()),
                    ("not_before", models.DateTimeField()),
                    ("not_after", models.DateTimeField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gaps",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.gap",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Gate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("address", models.CharField(max_length=255)),
                    ("port", models.PositiveIntegerField(default=22)),
                    ("host_key", models.CharField(max_length=512)),
                    ("records_sessions", models.BooleanField(default=False)),
                    ("added_at", models.DateTimeField()),
                    ("trust_digest", models.CharField(blank=True, max_length=64)),
                    ("revoked_digest", models.CharField(blank=True, max_length=64)),
                    (
                        "asset",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gate",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Certificate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("serial", models.BigIntegerField(unique=True)),
                    ("window", models.CharField(db_index=True, max_length=120)),
                    ("account", models.CharField(max_length=64)),
                    ("networks", models.JSONField(default=list)),
                    ("valid_from", models.DateTimeField()),
                    ("valid_to", models.DateTimeField(db_index=True)),
                    ("public_key", models.TextField()),
                    ("text", models.TextField()),
                    (
                        "authority",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="certificates",
                            to="records.certificateauthority",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="certificates",
                            to="records.client",
                        ),
                    ),
                    (
                        "gate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="certificates",
                            to="records.gate",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="GateStepTaken",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("window", models.CharField(db_index=True, max_length=120)),
                    ("account", models.CharField(max_length=64)),
                    ("step", models.CharField(max_length=8)),
                    ("done", models.BooleanField()),
                    ("until", models.DateTimeField(null=True)),
                    ("says", models.TextField(blank=True)),
                    ("paged", models.BooleanField(default=False)),
                    (
                        "gate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="records.gate",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="HeadCount",
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
                    ("unit", models.CharField(max_length=120)),
                    ("day", models.DateField()),
                    ("count", models.PositiveIntegerField()),
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
                            to="records.headcount",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="HealthCheck",
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
                    ("checked_at", models.DateTimeField()),
                    ("healthy", models.BooleanField()),
                    ("signature", models.TextField(blank=True)),
                    (
                        "application",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="health_checks",
                            to="records.application",
                        ),
                    ),
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
                            to="records.healthcheck",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="HostName",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=200)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="host_names",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
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
                        models.CheckConstraint(
                            condition=models.Q(("id", 1)), name="hotfloor_only_one"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Incident",
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
                    ("title", models.CharField(max_length=255)),
                    ("opened_at", models.DateTimeField()),
                    ("resolved_at", models.DateTimeField(null=True)),
                    (
                        "application",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="incidents",
                            to="records.application",
                        ),
                    ),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="incidents",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.incident",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Cause",
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
                    ("verdict", models.CharField(max_length=120)),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.cause",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "incident",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="causes",
                            to="records.incident",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="InvoiceStanding",
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
                    ("issued_at", models.DateTimeField()),
                    ("paid_at", models.DateTimeField(null=True)),
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
                            to="records.invoicestanding",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Issued",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("number", models.PositiveIntegerField()),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("kind", models.CharField(max_length=120)),
                    ("issued_at", models.DateTimeField()),
                    ("period_start", models.DateField()),
                    ("period_end", models.DateField()),
                    ("total_minor", models.BigIntegerField()),
                    ("tax_minor", models.BigIntegerField(db_default=0, default=0)),
                    ("currency", models.CharField(max_length=3)),
                    ("payload", models.TextField()),
                    ("heading", models.TextField(blank=True, db_default="")),
                    ("digest", models.CharField(max_length=64)),
                    ("previous_seal", models.CharField(blank=True, max_length=64)),
                    ("seal", models.CharField(max_length=64, unique=True)),
                    ("idempotency_key", models.CharField(max_length=120, unique=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="records.client",
                        ),
                    ),
                    (
                        "corrects",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="corrections",
                            to="records.issued",
                        ),
                    ),
                    (
                        "pdf",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.frozenfile",
                        ),
                    ),
                    (
                        "series",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="records.series",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="IssuedLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("position", models.PositiveIntegerField()),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("kind", models.CharField(max_length=120)),
                    ("description", models.TextField()),
                    ("service_day", models.DateField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("value_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("decisions", models.JSONField(default=list)),
                    ("payload", models.TextField()),
                    (
                        "document",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="records.issued",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="JournalEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(max_length=120)),
                    ("booked_at", models.DateTimeField()),
                    ("service_day", models.DateField()),
                    ("says", models.TextField()),
                    ("source", models.CharField(blank=True, max_length=120)),
                    (
                        "charge",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="journal",
                            to="records.charge",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="journal",
                            to="records.client",
                        ),
                    ),
                    (
                        "reverses",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reversed_by",
                            to="records.journalentry",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Letter",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("kind", models.CharField(max_length=120)),
                    ("subject", models.TextField()),
                    ("to", models.TextField()),
                    ("cc", models.JSONField(default=list)),
                    ("text", models.TextField()),
                    ("text_digest", models.CharField(max_length=64)),
                    ("payload", models.TextField()),
                    ("sent_at", models.DateTimeField()),
                    ("sent_as", models.CharField(max_length=255)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="letters",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="letters",
                            to="records.client",
                        ),
                    ),
                    (
                        "pdf",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.frozenfile",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Delivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("number", models.PositiveIntegerField()),
                    ("kind", models.CharField(max_length=16)),
                    ("says", models.TextField(blank=True)),
                    ("happened_at", models.DateTimeField(null=True)),
                    (
                        "letter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deliveries",
                            to="records.letter",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="LetterDraft",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("kind", models.CharField(max_length=120)),
                    ("subject", models.TextField()),
                    ("state", models.CharField(default="drafted", max_length=16)),
                    ("payload", models.TextField()),
                    ("digest", models.CharField(max_length=64)),
                    ("drafted_at", models.DateTimeField()),
                    ("drafted_by", models.CharField(max_length=120)),
                    ("decided_by", models.CharField(blank=True, max_length=120)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("reason", models.TextField(blank=True)),
                    ("leaves_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="letter_drafts",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="letter_drafts",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="letter",
                name="draft",
                field=models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="letter",
                    to="records.letterdraft",
                ),
            ),
            migrations.CreateModel(
                name="LifecycleEntry",
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
                    ("effective_at", models.DateTimeField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lifecycle",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.lifecycleentry",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Message",
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
                    ("channel", models.CharField(max_length=120)),
                    ("sender", models.CharField(max_length=255)),
                    ("says", models.TextField()),
                    ("sent_at", models.DateTimeField()),
                    ("inbound", models.BooleanField()),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="messages",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="messages",
                            to="records.contact",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.message",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Notice",
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
                    ("sent_at", models.DateTimeField()),
                    ("receipt_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="notices",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.notice",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Observation",
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
                    ("component", models.TextField()),
                    ("observed_at", models.DateTimeField()),
                    ("succeeded", models.BooleanField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="observations",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.observation",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="OwnRun",
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
                    ("started_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="own_runs",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.ownrun",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="PendingBatch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("attempts", models.PositiveIntegerField(default=0)),
                    ("try_again_at", models.DateTimeField(db_index=True)),
                    ("problem", models.TextField(blank=True)),
                    (
                        "batch",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pending",
                            to="records.batch",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="PortalLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("window", models.CharField(blank=True, max_length=120)),
                    ("areas", models.JSONField(db_default=[], default=list)),
                    ("person", models.CharField(max_length=120)),
                    ("email", models.EmailField(max_length=254)),
                    ("account", models.CharField(blank=True, max_length=255)),
                    ("token_digest", models.CharField(max_length=64, unique=True)),
                    ("made_at", models.DateTimeField()),
                    ("made_by", models.CharField(max_length=120)),
                    ("expires_at", models.DateTimeField()),
                    ("revoked_at", models.DateTimeField(null=True)),
                    ("codes_used", models.PositiveIntegerField(default=0)),
                    ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                    ("wrong_since", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="portal_links",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="portal_links",
                            to="records.client",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="portal_links",
                            to="records.contact",
                        ),
                    ),
                    (
                        "delegation",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="portal_links",
                            to="records.delegation",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="AccessRequest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("window", models.CharField(max_length=120)),
                    ("plan", models.TextField()),
                    ("way_back", models.TextField(blank=True)),
                    ("public_key", models.CharField(blank=True, max_length=2048)),
                    ("decide_by", models.DateTimeField()),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "link",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requests",
                            to="records.portallink",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Posting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("account", models.CharField(db_index=True, max_length=120)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="postings",
                            to="records.journalentry",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Promise",
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
                        "message",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="promises",
                            to="records.message",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.promise",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Provider",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("legal_name", models.CharField(blank=True, db_default="", max_length=200)),
                    ("country", models.CharField(blank=True, db_default="", max_length=2)),
                    ("vat_id", models.CharField(blank=True, db_default="", max_length=64)),
                    ("tax_number", models.CharField(blank=True, db_default="", max_length=64)),
                    (
                        "electronic_address",
                        models.CharField(blank=True, db_default="", max_length=200),
                    ),
                    (
                        "electronic_scheme",
                        models.CharField(blank=True, db_default="", max_length=4),
                    ),
                    ("account", models.CharField(blank=True, db_default="", max_length=64)),
                    ("account_name", models.CharField(blank=True, db_default="", max_length=200)),
                    ("bank", models.CharField(blank=True, db_default="", max_length=64)),
                    ("zone", models.CharField(max_length=64)),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("address", models.TextField(blank=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("code",), name="provider_code")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PurchaseOrder",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("number", models.CharField(blank=True, max_length=120)),
                    ("first", models.DateField()),
                    ("last", models.DateField(null=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="purchase_orders",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="RawEvidence",
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
                    ("length", models.BigIntegerField()),
                    ("format", models.CharField(max_length=120)),
                    ("name", models.CharField(max_length=255)),
                    ("source", models.TextField(blank=True)),
                    ("host", models.CharField(blank=True, max_length=255)),
                    ("collected_at", models.DateTimeField(null=True)),
                    ("remarks", models.JSONField(default=list)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evidence",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evidence",
                            to="records.client",
                        ),
                    ),
                    (
                        "parent",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="parts",
                            to="records.rawevidence",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="MailFiling",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("number", models.PositiveIntegerField()),
                    ("kind", models.CharField(max_length=16)),
                    ("trust", models.CharField(blank=True, max_length=16)),
                    ("says", models.TextField(blank=True)),
                    (
                        "client",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="mail",
                            to="records.client",
                        ),
                    ),
                    (
                        "letter",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="mail",
                            to="records.letter",
                        ),
                    ),
                    (
                        "mail",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filings",
                            to="records.incomingmail",
                        ),
                    ),
                    (
                        "message",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="filings",
                            to="records.message",
                        ),
                    ),
                    (
                        "evidence",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="mail",
                            to="records.rawevidence",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="batch",
                name="evidence",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="batches",
                    to="records.rawevidence",
                ),
            ),
            migrations.CreateModel(
                name="Reading",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("reader", models.CharField(max_length=120)),
                    ("records", models.BigIntegerField()),
                    ("by_type", models.JSONField(default=dict)),
                    ("unknown", models.JSONField(default=dict)),
                    ("damaged", models.JSONField(default=list)),
                    ("hosts", models.JSONField(default=list)),
                    (
                        "evidence",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="readings",
                            to="records.rawevidence",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="RecordingsFetched",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("window", models.CharField(db_index=True, max_length=120)),
                    ("count", models.PositiveIntegerField()),
                    ("evidence_digest", models.CharField(blank=True, max_length=64)),
                    ("problem", models.TextField(blank=True)),
                    (
                        "gate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="fetched",
                            to="records.gate",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Recovery",
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
                    ("failed_at", models.DateTimeField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="recoveries",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.recovery",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Redaction",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    ("reason", models.TextField()),
                    ("asked_for", models.CharField(max_length=64)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="redaction_reason",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RelationshipDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("choice", models.CharField(max_length=120)),
                    ("reason", models.TextField()),
                    ("expected", models.TextField(blank=True)),
                    ("figures", models.TextField(blank=True)),
                    ("letter", models.CharField(blank=True, max_length=120)),
                    ("review_date", models.DateField(null=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="relationship_decisions",
                            to="records.client",
                        ),
                    ),
                    (
                        "reviews",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reviewed_by",
                            to="records.relationshipdecision",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ReportGiven",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("ref", models.CharField(max_length=120, unique=True)),
                    ("first", models.DateField()),
                    ("end", models.DateField()),
                    ("text", models.TextField()),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reports",
                            to="records.client",
                        ),
                    ),
                    (
                        "pdf",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.frozenfile",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ReportPromise",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("every_months", models.PositiveIntegerField()),
                    ("due_days", models.PositiveIntegerField()),
                    ("first", models.DateField()),
                    ("clause", models.CharField(blank=True, max_length=120)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="report_promises",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Request",
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
                    ("asked_at", models.DateTimeField()),
                    ("ratified_at", models.DateTimeField(null=True)),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "contact",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="requests",
                            to="records.contact",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.request",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
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
                name="ScorecardRule",
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
                            to="records.scorecardrule",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SealCosignature",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("line", models.TextField()),
                    ("cosigned_at", models.DateTimeField()),
                    (
                        "checkpoint",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cosignatures",
                            to="records.sealcheckpoint",
                        ),
                    ),
                    (
                        "key",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="cosignatures",
                            to="records.sealkey",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="SealLog",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("origin", models.CharField(max_length=512, unique=True)),
                    (
                        "client",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seal_log",
                            to="records.client",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SealLeaf",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("index", models.BigIntegerField()),
                    ("entry", models.TextField()),
                    ("leaf_hash", models.CharField(max_length=64)),
                    ("packed", models.CharField(blank=True, max_length=64)),
                    (
                        "evidence",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="leaf",
                            to="records.rawevidence",
                        ),
                    ),
                    (
                        "log",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="leaves",
                            to="records.seallog",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="sealkey",
                name="log",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="keys",
                    to="records.seallog",
                ),
            ),
            migrations.AddField(
                model_name="sealcheckpoint",
                name="log",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="checkpoints",
                    to="records.seallog",
                ),
            ),
            migrations.CreateModel(
                name="SealTimestamp",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("stamped_at", models.DateTimeField()),
                    ("response", models.TextField()),
                    (
                        "checkpoint",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="timestamp",
                            to="records.sealcheckpoint",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
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
            migrations.CreateModel(
                name="Session",
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
                    ("account", models.CharField(max_length=255)),
                    ("kind", models.CharField(max_length=120)),
                    ("source_address", models.CharField(blank=True, max_length=255)),
                    ("started_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sessions",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.session",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Attribution",
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
                    ("strength", models.CharField(max_length=120)),
                    ("level", models.CharField(max_length=8)),
                    ("grade", models.CharField(max_length=1)),
                    ("names_party", models.BooleanField()),
                    ("party_kind", models.CharField(blank=True, max_length=120)),
                    ("party_code", models.CharField(blank=True, max_length=120)),
                    ("account", models.CharField(blank=True, max_length=255)),
                    ("permission", models.CharField(max_length=120)),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.attribution",
                        ),
                    ),
                    (
                        "change",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attributions",
                            to="records.change",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attributions",
                            to="records.session",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SessionEnd",
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
                    ("tie", models.CharField(blank=True, max_length=255)),
                    ("ended_at", models.DateTimeField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="session_ends",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.sessionend",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SessionRecording",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("window", models.CharField(db_index=True, max_length=120)),
                    ("name", models.CharField(max_length=120)),
                    ("evidence_digest", models.CharField(max_length=64)),
                    (
                        "gate",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="recordings",
                            to="records.gate",
                        ),
                    ),
                ],
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
            ),
            migrations.CreateModel(
                name="SignInLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("token_digest", models.CharField(max_length=64, unique=True)),
                    ("made_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("used_at", models.DateTimeField(null=True)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="sign_in_links",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Snapshot",
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
                    ("taken_at", models.DateTimeField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="snapshots",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.snapshot",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SourceCoverage",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("source", models.CharField(max_length=255)),
                    ("payload", models.TextField()),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="coverage",
                            to="records.asset",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Standing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("verdict", models.CharField(max_length=16)),
                    ("reason", models.TextField()),
                    ("speaker", models.CharField(blank=True, db_default="", max_length=120)),
                    (
                        "attribution",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="standings",
                            to="records.attribution",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.standing",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="TaxRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("starts_on", models.DateField()),
                    ("applies_to", models.CharField(max_length=16)),
                    ("category", models.CharField(max_length=2)),
                    ("percent", models.DecimalField(decimal_places=3, default=0, max_digits=6)),
                    ("name", models.CharField(max_length=64)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    (
                        "client",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tax_rules",
                            to="records.client",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Technician",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("role", models.CharField(default="technician", max_length=64)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("code",), name="technician_code")
                    ],
                },
            ),
            migrations.AddField(
                model_name="decision",
                name="technician",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="decisions",
                    to="records.technician",
                ),
            ),
            migrations.CreateModel(
                name="CostRate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("hourly_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField(null=True)),
                    (
                        "technician",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="cost_rates",
                            to="records.technician",
                        ),
                    ),
                ],
            ),
            migrations.AddField(
                model_name="user",
                name="technician",
                field=models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="user",
                    to="records.technician",
                ),
            ),
            migrations.CreateModel(
                name="ThirdPartyAttempt",
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
                    ("called_at", models.DateTimeField()),
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
                            to="records.thirdpartyattempt",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="TimeEntry",
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
                    ("issue", models.CharField(max_length=120)),
                    ("work_type", models.CharField(max_length=120)),
                    ("started_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField()),
                    ("note", models.TextField(blank=True)),
                    (
                        "asset",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="records.asset",
                        ),
                    ),
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
                            to="records.timeentry",
                        ),
                    ),
                    (
                        "technician",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="records.technician",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
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
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.override",
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
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.AddField(
                model_name="decision",
                name="entry",
                field=models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="decisions",
                    to="records.timeentry",
                ),
            ),
            migrations.CreateModel(
                name="Vendor",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=64)),
                    ("name", models.CharField(max_length=200)),
                    ("networks", models.JSONField(default=list)),
                    ("people", models.JSONField(default=list)),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("zone", models.CharField(blank=True, max_length=64)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("code",), name="vendor_code")],
                },
            ),
            migrations.CreateModel(
                name="StandingApproval",
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
                            to="records.standingapproval",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="standing_approvals",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="RulesOfEngagement",
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
                    ("version", models.PositiveIntegerField()),
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
                            to="records.rulesofengagement",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="rules",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="RulesAcceptance",
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
                    ("version", models.PositiveIntegerField()),
                    ("accepted_at", models.DateTimeField()),
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
                            to="records.rulesacceptance",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="acceptances",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ReplyInvitation",
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
                    ("invited_at", models.DateTimeField()),
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
                            to="records.replyinvitation",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reply_invitations",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.AddField(
                model_name="portallink",
                name="vendor",
                field=models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="portal_links",
                    to="records.vendor",
                ),
            ),
            migrations.AddField(
                model_name="message",
                name="vendor",
                field=models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="messages",
                    to="records.vendor",
                ),
            ),
            migrations.CreateModel(
                name="LetterOfAgency",
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
                            to="records.letterofagency",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="letters_of_agency",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.AddField(
                model_name="application",
                name="vendor",
                field=models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="applications",
                    to="records.vendor",
                ),
            ),
            migrations.CreateModel(
                name="AccessWindow",
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
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.accesswindow",
                        ),
                    ),
                    (
                        "asset",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="windows",
                            to="records.asset",
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="records.client",
                        ),
                    ),
                    (
                        "vendor",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="windows",
                            to="records.vendor",
                        ),
                    ),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="AgentKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(db_index=True)),
                    ("recorded_by", models.CharField(max_length=120)),
                    ("public_key", models.CharField(max_length=44)),
                    ("revoked", models.BooleanField(default=False)),
                    ("reason", models.TextField(blank=True)),
                    (
                        "agent",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="keys",
                            to="records.agent",
                        ),
                    ),
                    (
                        "supersedes",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="successor",
                            to="records.agentkey",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("supersedes__isnull", True)),
                            fields=("agent",),
                            name="agentkey_one_origin",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AgreementVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("version", models.PositiveIntegerField()),
                    ("in_force_from", models.DateTimeField()),
                    ("in_force_to", models.DateTimeField(null=True)),
                    ("signed_at", models.DateTimeField()),
                    ("payload", models.TextField()),
                    ("digest", models.CharField(max_length=64)),
                    ("sentences", models.TextField()),
                    ("published_at", models.DateTimeField(null=True)),
                    ("published_by", models.CharField(blank=True, max_length=120)),
                    (
                        "agreement",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="records.agreement",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("agreement", "version"), name="agreementversion_number"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("in_force_to__isnull", True),
                                ("in_force_to__gt", models.F("in_force_from")),
                                _connector="OR",
                            ),
                            name="agreementversion_period",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CertificateRevoked",
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
                        "certificate",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="revocation",
                            to="records.certificate",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True),
                            name="certificaterevoked_has_reason",
                        )
                    ],
                },
            ),
            migrations.AddIndex(
                model_name="charge",
                index=models.Index(fields=["client", "service_day"], name="charge_timeline"),
            ),
            migrations.AddConstraint(
                model_name="charge",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="charge_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="charge",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="charge_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="change",
                index=models.Index(fields=["client", "ref"], name="change_by_ref"),
            ),
            migrations.AddIndex(
                model_name="change",
                index=models.Index(
                    fields=["asset", "not_before", "not_after"], name="change_timeline"
                ),
            ),
            migrations.AddIndex(
                model_name="change",
                index=models.Index(fields=["asset", "not_after"], name="change_ends"),
            ),
            migrations.AddConstraint(
                model_name="change",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="change_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="change",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="change_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="blockpurchase",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="blockpurchase_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="blockpurchase",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="blockpurchase_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="billingstep",
                index=models.Index(fields=["run", "client"], name="billingstep_of_client"),
            ),
            migrations.AddIndex(
                model_name="auditentry",
                index=models.Index(fields=["client", "recorded_at"], name="auditentry_timeline"),
            ),
            migrations.AddIndex(
                model_name="assumption",
                index=models.Index(fields=["kind", "first"], name="assumption_kind"),
            ),
            migrations.AddConstraint(
                model_name="asset",
                constraint=models.UniqueConstraint(fields=("client", "code"), name="asset_code"),
            ),
            migrations.AddConstraint(
                model_name="agreement",
                constraint=models.UniqueConstraint(
                    fields=("client", "code"), name="agreement_code"
                ),
            ),
            migrations.AddConstraint(
                model_name="account",
                constraint=models.UniqueConstraint(
                    models.F("client"),
                    models.F("name"),
                    django.db.models.functions.comparison.Coalesce("host", 0),
                    models.F("party_kind"),
                    models.F("party_code"),
                    condition=models.Q(("held_from__isnull", True)),
                    name="account_once_if_undated",
                ),
            ),
            migrations.AddConstraint(
                model_name="account",
                constraint=models.UniqueConstraint(
                    models.F("client"),
                    models.F("name"),
                    django.db.models.functions.comparison.Coalesce("host", 0),
                    models.F("held_from"),
                    name="account_once_from",
                ),
            ),
            migrations.AddConstraint(
                model_name="conditionrecord",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="conditionrecord_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="conditionrecord",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="conditionrecord_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="contact",
                constraint=models.UniqueConstraint(fields=("client", "code"), name="contact_code"),
            ),
            migrations.AddConstraint(
                model_name="chargeddecision",
                constraint=models.UniqueConstraint(
                    fields=("charge", "decision"), name="chargeddecision_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="delegation",
                constraint=models.CheckConstraint(
                    condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                    name="delegation_period",
                ),
            ),
            migrations.AddConstraint(
                model_name="delegation",
                constraint=models.CheckConstraint(
                    condition=models.Q(("delegate", models.F("granted_by")), _negated=True),
                    name="delegation_to_another",
                ),
            ),
            migrations.AddConstraint(
                model_name="dependency",
                constraint=models.UniqueConstraint(
                    fields=("client", "dependent", "component"), name="dependency_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="dependency",
                constraint=models.CheckConstraint(
                    condition=models.Q(("dependent", models.F("component")), _negated=True),
                    name="dependency_not_itself",
                ),
            ),
            migrations.AddConstraint(
                model_name="documentperiod",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="documentperiod_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="documentperiod",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="documentperiod_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="enrolmenttoken",
                constraint=models.CheckConstraint(
                    condition=models.Q(("expires_at__gt", models.F("made_at"))),
                    name="enrolmenttoken_period",
                ),
            ),
            migrations.AddConstraint(
                model_name="enrolmenttoken",
                constraint=models.CheckConstraint(
                    condition=models.Q(("heartbeat_seconds__gte", 1)),
                    name="enrolmenttoken_heartbeat",
                ),
            ),
            migrations.AddConstraint(
                model_name="feebilled",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="feebilled_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="feebilled",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="feebilled_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="freeze",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="freeze_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="freeze",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="freeze_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="gap",
                index=models.Index(fields=["asset", "not_before"], name="gap_timeline"),
            ),
            migrations.AddConstraint(
                model_name="gap",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="gap_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="gap",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="gap_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="gate",
                constraint=models.CheckConstraint(
                    condition=models.Q(("port__gte", 1), ("port__lte", 65535)), name="gate_port"
                ),
            ),
            migrations.AddConstraint(
                model_name="certificate",
                constraint=models.CheckConstraint(
                    condition=models.Q(("valid_to__gt", models.F("valid_from"))),
                    name="certificate_period",
                ),
            ),
            migrations.AddConstraint(
                model_name="certificate",
                constraint=models.CheckConstraint(
                    condition=models.Q(("serial__gte", 1)), name="certificate_serial_from_one"
                ),
            ),
            migrations.AddIndex(
                model_name="gatesteptaken",
                index=models.Index(
                    fields=["gate", "window", "account"], name="gatesteptaken_of_window"
                ),
            ),
            migrations.AddConstraint(
                model_name="gatesteptaken",
                constraint=models.CheckConstraint(
                    condition=models.Q(("step__in", ["open", "close"])), name="gatesteptaken_step"
                ),
            ),
            migrations.AddConstraint(
                model_name="headcount",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="headcount_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="headcount",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="headcount_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="healthcheck",
                index=models.Index(
                    fields=["application", "checked_at"], name="healthcheck_timeline"
                ),
            ),
            migrations.AddConstraint(
                model_name="healthcheck",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="healthcheck_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="healthcheck",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="healthcheck_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="hostname",
                constraint=models.UniqueConstraint(fields=("asset", "name"), name="hostname_once"),
            ),
            migrations.AddIndex(
                model_name="incident",
                index=models.Index(fields=["asset", "opened_at"], name="incident_timeline"),
            ),
            migrations.AddConstraint(
                model_name="incident",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="incident_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="incident",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="incident_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="cause",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="cause_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="cause",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="cause_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="invoicestanding",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="invoicestanding_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="invoicestanding",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="invoicestanding_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="issuedline",
                constraint=models.UniqueConstraint(
                    fields=("document", "position"), name="issuedline_position"
                ),
            ),
            migrations.AddConstraint(
                model_name="journalentry",
                constraint=models.UniqueConstraint(
                    fields=("client", "ref"), name="journalentry_ref"
                ),
            ),
            migrations.AddConstraint(
                model_name="journalentry",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("reverses__isnull", True),
                        models.Q(("reverses", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="journalentry_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="delivery",
                constraint=models.UniqueConstraint(
                    fields=("letter", "number"), name="delivery_one_step_each"
                ),
            ),
            migrations.AddConstraint(
                model_name="letterdraft",
                constraint=models.CheckConstraint(
                    condition=models.Q(("state__in", ["drafted", "approved", "held", "sent"])),
                    name="letterdraft_state",
                ),
            ),
            migrations.AddConstraint(
                model_name="letterdraft",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("state", "drafted"), ("decided_at__isnull", False), _connector="OR"
                    ),
                    name="letterdraft_decided",
                ),
            ),
            migrations.AddIndex(
                model_name="letter",
                index=models.Index(fields=["client", "sent_at"], name="letter_timeline"),
            ),
            migrations.AddIndex(
                model_name="lifecycleentry",
                index=models.Index(
                    fields=["asset", "effective_at"], name="lifecycleentry_timeline"
                ),
            ),
            migrations.AddConstraint(
                model_name="lifecycleentry",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="lifecycleentry_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="lifecycleentry",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="lifecycleentry_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="notice",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="notice_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="notice",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="notice_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="observation",
                index=models.Index(fields=["client", "ref"], name="observation_by_ref"),
            ),
            migrations.AddIndex(
                model_name="observation",
                index=models.Index(fields=["asset", "observed_at"], name="observation_timeline"),
            ),
            migrations.AddConstraint(
                model_name="observation",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="observation_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="observation",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="observation_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="ownrun",
                index=models.Index(fields=["asset", "started_at"], name="ownrun_timeline"),
            ),
            migrations.AddConstraint(
                model_name="ownrun",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="ownrun_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="ownrun",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="ownrun_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="pendingbatch",
                index=models.Index(
                    condition=models.Q(("attempts", 0)),
                    fields=["attempts"],
                    name="pendingbatch_untried",
                ),
            ),
            migrations.AddConstraint(
                model_name="accessrequest",
                constraint=models.UniqueConstraint(
                    fields=("client", "window"), name="accessrequest_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="promise",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="promise_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="promise",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="promise_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="rawevidence",
                constraint=models.UniqueConstraint(
                    fields=("asset", "digest", "format"), name="rawevidence_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="rawevidence",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("asset__isnull", True)),
                    fields=("client", "digest", "format"),
                    name="rawevidence_once_without_asset",
                ),
            ),
            migrations.AddConstraint(
                model_name="rawevidence",
                constraint=models.CheckConstraint(
                    condition=models.Q(("length__gte", 0)), name="rawevidence_length"
                ),
            ),
            migrations.AddConstraint(
                model_name="mailfiling",
                constraint=models.UniqueConstraint(
                    fields=("mail", "number"), name="mailfiling_one_step_each"
                ),
            ),
            migrations.AddConstraint(
                model_name="batch",
                constraint=models.UniqueConstraint(
                    fields=("agent", "stream", "sequence"), name="batch_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="batch",
                constraint=models.CheckConstraint(
                    condition=models.Q(("sequence__gte", 1)), name="batch_from_one"
                ),
            ),
            migrations.AddConstraint(
                model_name="batch",
                constraint=models.CheckConstraint(
                    condition=models.Q(("length__gte", 0)), name="batch_length"
                ),
            ),
            migrations.AddConstraint(
                model_name="reading",
                constraint=models.UniqueConstraint(
                    fields=("evidence", "reader"), name="reading_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="recordingsfetched",
                constraint=models.UniqueConstraint(
                    fields=("gate", "window"), name="recordingsfetched_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="recovery",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="recovery_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="recovery",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="recovery_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="request",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="request_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="request",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="request_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="scorecardrule",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="scorecardrule_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="scorecardrule",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="scorecardrule_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="sealcosignature",
                constraint=models.UniqueConstraint(
                    fields=("checkpoint", "key"), name="sealcosignature_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="sealleaf",
                constraint=models.UniqueConstraint(fields=("log", "index"), name="sealleaf_index"),
            ),
            migrations.AddConstraint(
                model_name="sealleaf",
                constraint=models.CheckConstraint(
                    condition=models.Q(("index__gte", 0)), name="sealleaf_from_zero"
                ),
            ),
            migrations.AddConstraint(
                model_name="sealkey",
                constraint=models.UniqueConstraint(
                    fields=("log", "verifier_key"), name="sealkey_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="sealkey",
                constraint=models.CheckConstraint(
                    condition=models.Q(("role__in", ["log", "witness"])), name="sealkey_role"
                ),
            ),
            migrations.AddIndex(
                model_name="sealcheckpoint",
                index=models.Index(fields=["log", "size"], name="sealcheckpoint_by_size"),
            ),
            migrations.AddConstraint(
                model_name="sealcheckpoint",
                constraint=models.CheckConstraint(
                    condition=models.Q(("size__gte", 1)), name="sealcheckpoint_size"
                ),
            ),
            migrations.AddIndex(
                model_name="segment",
                index=models.Index(
                    fields=["client", "last_at", "first_at"], name="segment_by_time"
                ),
            ),
            migrations.AddConstraint(
                model_name="segment",
                constraint=models.UniqueConstraint(
                    fields=("client", "digest"), name="segment_once"
                ),
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
            migrations.AddIndex(
                model_name="issued",
                index=models.Index(fields=["client", "issued_at"], name="issued_timeline"),
            ),
            migrations.AddConstraint(
                model_name="issued",
                constraint=models.UniqueConstraint(
                    fields=("series", "number"), name="issued_number"
                ),
            ),
            migrations.AddConstraint(
                model_name="issued",
                constraint=models.CheckConstraint(
                    condition=models.Q(("number__gte", 1)), name="issued_number_from_one"
                ),
            ),
            migrations.AddIndex(
                model_name="session",
                index=models.Index(fields=["client", "ref"], name="session_by_ref"),
            ),
            migrations.AddIndex(
                model_name="session",
                index=models.Index(fields=["asset", "started_at"], name="session_timeline"),
            ),
            migrations.AddConstraint(
                model_name="session",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="session_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="session",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="session_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="attribution",
                index=models.Index(fields=["client", "ref"], name="attribution_by_ref"),
            ),
            migrations.AddConstraint(
                model_name="attribution",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="attribution_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="attribution",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="attribution_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="sessionend",
                index=models.Index(fields=["asset", "tie", "ended_at"], name="sessionend_by_tie"),
            ),
            migrations.AddConstraint(
                model_name="sessionend",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="sessionend_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="sessionend",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="sessionend_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="sessionrecording",
                constraint=models.UniqueConstraint(
                    fields=("gate", "window", "name"), name="sessionrecording_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="sessionsetaside",
                constraint=models.UniqueConstraint(
                    fields=("user", "session"), name="sessionsetaside_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="signinlink",
                constraint=models.CheckConstraint(
                    condition=models.Q(("expires_at__gt", models.F("made_at"))),
                    name="signinlink_period",
                ),
            ),
            migrations.AddIndex(
                model_name="snapshot",
                index=models.Index(fields=["asset", "taken_at"], name="snapshot_timeline"),
            ),
            migrations.AddConstraint(
                model_name="snapshot",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="snapshot_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="snapshot",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="snapshot_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="sourcecoverage",
                constraint=models.UniqueConstraint(
                    fields=("asset", "source"), name="sourcecoverage_once"
                ),
            ),
            migrations.AddConstraint(
                model_name="standing",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("verdict__in", ["confirmed", "disputed", "expected", "reply"])
                    ),
                    name="standing_verdict",
                ),
            ),
            migrations.AddConstraint(
                model_name="standing",
                constraint=models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="standing_reason"
                ),
            ),
            migrations.AddConstraint(
                model_name="standing",
                constraint=models.CheckConstraint(
                    condition=models.Q(("verdict", "reply"), ("speaker", ""), _connector="XOR"),
                    name="standing_speaker",
                ),
            ),
            migrations.AddConstraint(
                model_name="taxrule",
                constraint=models.UniqueConstraint(
                    django.db.models.functions.comparison.Coalesce("client", 0),
                    models.F("applies_to"),
                    models.F("starts_on"),
                    name="taxrule_one_start",
                ),
            ),
            migrations.AddConstraint(
                model_name="taxrule",
                constraint=models.CheckConstraint(
                    condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                    name="taxrule_percent",
                ),
            ),
            migrations.AddConstraint(
                model_name="costrate",
                constraint=models.UniqueConstraint(
                    fields=("technician", "starts_at"), name="costrate_one_start"
                ),
            ),
            migrations.AddConstraint(
                model_name="costrate",
                constraint=models.CheckConstraint(
                    condition=models.Q(("hourly_minor__gte", 0)), name="costrate_not_negative"
                ),
            ),
            migrations.AddConstraint(
                model_name="costrate",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at__isnull", True),
                        ("ends_at__gt", models.F("starts_at")),
                        _connector="OR",
                    ),
                    name="costrate_period",
                ),
            ),
            migrations.AddConstraint(
                model_name="user",
                constraint=models.CheckConstraint(
                    condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                    name="user_email_lower_case",
                ),
            ),
            migrations.AddConstraint(
                model_name="user",
                constraint=models.CheckConstraint(
                    condition=models.Q(("role__in", ["owner", "technician", "accountant"])),
                    name="user_role",
                ),
            ),
            migrations.AddConstraint(
                model_name="thirdpartyattempt",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="thirdpartyattempt_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="thirdpartyattempt",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="thirdpartyattempt_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="timeentry",
                index=models.Index(fields=["client", "started_at"], name="timeentry_timeline"),
            ),
            migrations.AddConstraint(
                model_name="timeentry",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="timeentry_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="timeentry",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="timeentry_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="override",
                index=models.Index(fields=["client", "decided_at"], name="override_timeline"),
            ),
            migrations.AddConstraint(
                model_name="override",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="override_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="override",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="override_not_its_own",
                ),
            ),
            migrations.AddIndex(
                model_name="decision",
                index=models.Index(fields=["client", "decided_at"], name="decision_timeline"),
            ),
            migrations.AddConstraint(
                model_name="decision",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="decision_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="decision",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="decision_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="standingapproval",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="standingapproval_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="standingapproval",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="standingapproval_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="rulesofengagement",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="rulesofengagement_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="rulesofengagement",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="rulesofengagement_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="rulesacceptance",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="rulesacceptance_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="rulesacceptance",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="rulesacceptance_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="replyinvitation",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="replyinvitation_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="replyinvitation",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="replyinvitation_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="portallink",
                constraint=models.CheckConstraint(
                    condition=models.Q(("expires_at__gt", models.F("made_at"))),
                    name="portallink_period",
                ),
            ),
            migrations.AddConstraint(
                model_name="portallink",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("asset__isnull", True),
                            ("contact__isnull", True),
                            ("vendor__isnull", True),
                        ),
                        ("window", ""),
                        _connector="XOR",
                    ),
                    name="portallink_purpose",
                ),
            ),
            migrations.AddConstraint(
                model_name="portallink",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("contact__isnull", True),
                        models.Q(("asset__isnull", True), ("vendor__isnull", True)),
                        _connector="OR",
                    ),
                    name="portallink_one_door",
                ),
            ),
            migrations.AddConstraint(
                model_name="portallink",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("delegation__isnull", True), ("contact__isnull", False), _connector="OR"
                    ),
                    name="portallink_delegate",
                ),
            ),
            migrations.AddIndex(
                model_name="message",
                index=models.Index(fields=["client", "sent_at"], name="message_timeline"),
            ),
            migrations.AddConstraint(
                model_name="message",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="message_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="message",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="message_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="letterofagency",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="letterofagency_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="letterofagency",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="letterofagency_not_its_own",
                ),
            ),
            migrations.AddConstraint(
                model_name="application",
                constraint=models.UniqueConstraint(
                    fields=("client", "code"), name="application_code"
                ),
            ),
            migrations.AddIndex(
                model_name="accesswindow",
                index=models.Index(fields=["asset", "starts_at"], name="window_timeline"),
            ),
            migrations.AddConstraint(
                model_name="accesswindow",
                constraint=models.UniqueConstraint(
                    condition=models.Q(("supersedes__isnull", True)),
                    fields=("client", "ref"),
                    name="accesswindow_one_origin",
                ),
            ),
            migrations.AddConstraint(
                model_name="accesswindow",
                constraint=models.CheckConstraint(
                    condition=models.Q(
                        ("supersedes__isnull", True),
                        models.Q(("supersedes", models.F("id")), _negated=True),
                        _connector="OR",
                    ),
                    name="accesswindow_not_its_own",
                ),
            ),
        ),
        HotTable(),
        AppendOnly(*(f"records_{name}" for name in _BOOKS.split())),
        FrozenWhen("records_agreementversion", "OLD.published_at IS NOT NULL"),
    ]
