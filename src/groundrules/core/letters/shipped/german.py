"""German texts of the letters to a client."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import LetterKind

_OFF = """
# Was geschehen ist
Das haben wir auf {changed_servers} festgestellt:
- {findings}

{troubles}

# Was gleich bleibt
{if others}{others} {end}
{if one others}bleibt wie bisher im Vertrag.{end}{if many others}bleiben wie bisher im Vertrag.{end}
{if continues}Auf jedem Server bleibt es bei {continues}.{end} Wir sind weiter für Sie da.
"""
_CLOSING = "Haben Sie Fragen? Antworten Sie auf diesen Brief oder rufen Sie uns an."

GERMAN: Mapping[LetterKind, str] = {
    LetterKind.RELATIONSHIP_CONTINUES: f"""Subject: Wir arbeiten weiter für Sie

{{stays_client}} Wir betreuen Ihre Systeme wie bisher. Im beigelegten Brief geht es um einen Server, {{server}}, und
darum, wie Anbieter daran arbeiten.

Mit diesem Brief erhalten Sie:
- {{enclosed}}

Wir schreiben das auf, damit Sie wissen, was war, was es kostet und wie Sie es ändern können. Sie können uns immer
anrufen. Dann gehen wir es mit Ihnen durch.

{_CLOSING}
""",
    LetterKind.NOTICE: f"""Subject: Ankündigung zu {{server}}

{{agreement_continues}} Eines kann sich ändern. Wird Ziffer {{breached}} nicht eingehalten, betreuen wir {{server}}
nicht mehr im Rahmen des Vertrags. Nach Ziffer {{permits}} dürfen wir das {{days}} volle Werktage nach
Zugang dieses Briefs.
{_OFF}
# Was es kostet
Solange {{server}} nicht im Vertrag ist, ändert sich dies.
- {{costs}}

# Wie Sie das vermeiden
Helfen Sie uns: Jeder Anbieter soll an {{server}} nur über uns arbeiten. Dann bleibt {{server}} im Vertrag.

{_CLOSING}
""",
    LetterKind.SUSPENSION: f"""Subject: {{server}}: Die Betreuung ruht

{{agreement_continues}} Eines ändert sich. Ab {{from}} betreuen wir {{server}} nicht mehr im Rahmen des Vertrags.
Ziffer {{breached}} wurde nicht eingehalten. Nach Ziffer {{permits}} darf die Betreuung dieses einen Servers ruhen.

So haben wir die Frist gezählt.
- {{counted}}
{_OFF}
# Was es kostet
Solange {{server}} nicht im Vertrag ist, ändert sich dies.
- {{costs}}

{{if conditions}}
# Wie der Server zurückkommt
Ist all das getan, ist {{server}} ab der nächsten Mitternacht wieder im Vertrag (Ziffer {{back_clause}}).
- {{conditions}}

{{if no conditions}}
# Wie der Server zurückkommt
Sagen Sie uns, wann {{server}} zurückkommen soll. Am nächsten Tag ist er wieder im Vertrag.

{_CLOSING}
""",
    LetterKind.REINSTATEMENT: f"""Subject: {{server}} ist wieder im Vertrag

{{server}} ist zurück. Ab {{from}} betreuen wir ihn wieder im Rahmen des Vertrags (Ziffer {{clause}}). Danke für Ihre
Hilfe.

Das wurde getan:
- {{done}}

Was die Rückkehr kostet: {{total}}.
- {{bill}}

Von jetzt an fragen alle Anbieter zuerst uns, und wir bereiten jeden Besuch vor.

{_CLOSING}
""",
    LetterKind.WITHDRAWAL: f"""Subject: {{server}}: Wir nehmen die Aussetzung von {{began}} zurück

Wir nehmen zurück, was wir über {{server}} geschrieben haben. Wir sagten, er sei ab {{began}} nicht mehr im Vertrag. Das
war unser Fehler. Es gilt als nie gesagt: {{server}} war die ganze Zeit im Vertrag. Es tut uns leid.

Warum wir es zurücknehmen: {{reason}}.

# Was das heißt
Die Monatsgebühr läuft weiter, als wäre nichts gewesen. Was wir für diese Tage abgezogen haben, ist wieder fällig.
{{if refunds}}Was Sie für Arbeit in dieser Zeit bezahlt haben, kommt zurück:{{end}}
- {{refunds}}

{_CLOSING}
""",
    LetterKind.PRICE_CHANGE: f"""Subject: Neue Preise

{{agreement_continues}} Ab {{from}} ändert sich etwas, nach Ziffer {{clause}}.

# Warum
Das sind unsere Gründe:
- {{reasons}}

# Was es kostet
Alle anderen Preise bleiben, wie sie sind.
- {{prices}}

# Wie wir arbeiten
- {{rules}}

Sind Sie einverstanden, oder sehen Sie einen anderen Weg? Wir sprechen gern darüber.
{{if answer_by}}Bitte sagen Sie es uns bis {{answer_by}}.{{end}}

{_CLOSING}
""",
    LetterKind.CHANGE: f"""Subject: Wie wir von jetzt an zusammenarbeiten

{{agreement_continues}} Ab {{from}} ändert sich etwas, nach Ziffer {{clause}}.

# Warum
Das sind unsere Gründe:
- {{reasons}}

# Wie wir arbeiten
- {{rules}}

Sind Sie einverstanden, oder sehen Sie einen anderen Weg? Wir sprechen gern darüber.
{{if answer_by}}Bitte sagen Sie es uns bis {{answer_by}}.{{end}}

{_CLOSING}
""",
    LetterKind.EXIT: f"""Subject: Unser Vertrag endet

Wir beenden unseren Vertrag nach Ziffer {{clause}}. Sein letzter Tag ist {{last_day}}. Bis dahin arbeiten wir für Sie
wie bisher.

Das sind unsere Gründe:
- {{reasons}}

Ihre Systeme und Ihre Daten gehören Ihnen. Wir übergeben Ihnen oder der Firma, die Sie wählen:
- {{handover}}

{_CLOSING}
""",
    LetterKind.REPLY_PACK: f"""Subject: Wie {{server}} zurückkommt

Sie fragten, wie {{server}} zurückkommt. Hier ist alles. {{agreement_continues}} Unsere Preise bleiben, wie sie sind.

{{if open}}
# Was noch zu tun ist
Ist das getan, ist {{server}} ab der nächsten Mitternacht wieder im Vertrag:
- {{open}}

{{if no open}}
# Es ist nichts mehr zu tun
{{nothing_open}}

# Was getan ist
- {{done}}

{{if enclosed}}
# Was dem Anbieter zu sagen ist
Diese Briefe sind für Ihr eigenes Briefpapier bereit. Unterschreiben Sie sie und senden Sie sie ab.
- {{enclosed}}

# Was es bisher gekostet hat
Arbeit nach Stunden an {{server}} bisher: {{hours}}. Das macht {{amount}}.

{_CLOSING}
""",
    LetterKind.COPY: """Subject: Kopie: {sender}, {when}

{sender} {how} am {when}. Sie erhalten diese Kopie, damit Sie davon wissen. Sie müssen nichts tun.

{meant}

# Was gesagt wurde
Wort für Wort:

{quoted}
""",
}
