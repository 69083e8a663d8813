"""The books refuse every change from here on; a published agreement version does too."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from groundrules.records.guards import AppendOnly, FrozenWhen

_BOOKS = (
    "accesswindow attribution auditentry cause change charge chargeddecision conditionrecord decision documentperiod feebilled freeze frozenfile gap "
    "healthcheck incident invoicestanding issued issuedline journalentry letter letterofagency lifecycleentry message notice observation "
    "ownrun posting promise quarantined rawevidence reading recovery replyinvitation request rulesacceptance scorecardrule session snapshot "
    "standing thirdpartyattempt timeentry"
)


class Migration(migrations.Migration):
    """Creates the triggers."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0001_cards_and_books")]
    operations: ClassVar[list[Operation]] = [
        AppendOnly(*(f"records_{name}" for name in _BOOKS.split())),
        FrozenWhen("records_agreementversion", "OLD.published_at IS NOT NULL"),
    ]
