"""Verifying the whole store: raw files, leaves, trees, checkpoints, tiles, segments, issued documents, letters,
stored facts with their columns, and what was answered from them.

Nothing is believed because it is in the database: every digest, hash, root and signature is calculated again. A single
flipped bit in any of them is found and named.
"""

from __future__ import annotations

from django.db import connection

from groundrules.records.guards import missing_guards
from groundrules.records.models import Client, book_tables
from groundrules.services.findings import Report
from groundrules.services.verify_answers import check_answers
from groundrules.services.verify_books import check_documents, check_facts, check_letters
from groundrules.services.verify_evidence import check_evidence, check_quarantine
from groundrules.services.verify_log import check_log
from groundrules.services.verify_segments import check_segments


def verify(client: Client | None = None) -> Report:
    """This function will check everything there is, or everything of one client, and report what does not hold.

    Documents are numbered across clients, so their chain is always checked whole. Answers are worked out again only
    from facts that hold.
    """
    report = Report()
    clients = [client] if client else list(Client.objects.order_by("pk"))
    for one in clients:
        leaves = check_evidence(one, report)
        check_log(one, leaves, report)
        check_facts(one, report)
        if report.holds:
            check_answers(one, report)
    check_segments(client, report)
    check_quarantine(report)
    check_documents(report)
    check_letters(report)
    for trigger in missing_guards(connection, book_tables()):
        report.find("guard", trigger, "the trigger that refuses changes is missing from its book")
    return report
