"""What stands in a client's books against an answer to everything, where the note beside them says they are answered.

Time entries are decided beside what stands (docs/decisions/0028); here nothing is taken from the note but the instant.
"""

from __future__ import annotations

from groundrules.records import models as books
from groundrules.services.answered_books import grounds_of, standing_note
from groundrules.services.coverage import verdict_of
from groundrules.services.findings import Report
from groundrules.services.rating import charge_ref, left_to_post
from groundrules.services.world import answer_for


def check_answers(client: books.Client, report: Report) -> None:
    """This function will answer everything as of the note, and report each decision and charge that says otherwise.

    Where something came since the note was written, nothing is compared: whoever answers next answers everything.
    """
    noted = books.AnsweredBooks.objects.filter(client=client).first()
    if noted is None or standing_note(client, grounds_of(client), (), noted.answered_at) is None:
        return
    answers = answer_for(client, noted.answered_at)
    decisions = {row.ref: row for row in books.Decision.objects.of_client(client).current()}
    for history in answers.decisions:
        report.look("answers")
        row = decisions.get(history.entry)
        if row is None or verdict_of(row.to_core()) != verdict_of(history.in_force):
            report.find("decision", history.entry, "everything answered anew decides otherwise")
    charges = {row.ref: row for row in books.Charge.objects.of_client(client).current()}
    for charge in answers.money.charges:
        report.look("answers")
        stands = charges.get(charge_ref(charge))
        if stands is None or stands.to_core() != charge:
            says = (
                f"everything answered anew charges {charge.amount} for {', '.join(charge.entries)}"
            )
            report.find("charge", charge_ref(charge), says)
    for entry in left_to_post(client, answers.money, noted.answered_at):
        report.find("ledger", entry.source, f"everything answered anew would post: {entry.says}")
