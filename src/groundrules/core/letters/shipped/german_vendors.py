"""German texts of the letters to a vendor, ours and those for the client's own paper."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import LetterKind

GERMAN_VENDORS: Mapping[LetterKind, str] = {
    LetterKind.LETTER_OF_AGENCY: """Subject: {provider} handelt für uns

An {vendor}: {provider} ist unser Vertreter. Bitte arbeiten Sie mit ihm zusammen wie mit uns.
- {parties}

Unser Vertreter darf {level}, und zwar hierfür:
- {scope}

{if servers}
Das gilt für: {servers}.

Diese Vollmacht gilt {months} Monate ab dem Tag, an dem Sie sie erhalten. {limits}

{if verify_with}
Ob dieser Brief echt ist, sagt Ihnen {verify_with}.

# Für uns unterschrieben
- {signature}
""",
    LetterKind.RULES_OF_ENGAGEMENT: """Subject: Regeln für Arbeiten an den Servern von {client}

Das sind die Regeln für Arbeiten an den Servern von {client}, Fassung {version}.

# Die Regeln
Wer sie annimmt, sagt uns damit dies zu:
- {rules}

{if hours}Dafür beantworten wir jede Anfrage innerhalb von {hours} h.{end}
{if no hours}Dafür beantworten wir jede Anfrage rasch.{end} Sie brauchen kein Konto bei uns. Ein Link genügt.

Rufen Sie uns im Notfall an. Wir öffnen den Zugang sofort und sehen ihn am nächsten Tag gemeinsam durch.

Bitte sagen Sie uns mit Name und Datum, dass Sie Fassung {version} annehmen.
""",
    LetterKind.INTRODUCTION: """Subject: Wir betreuen die Server von {client}

Wir sind {provider}. {client} hat uns als Vertreter benannt{if servers}, für {servers}{end}. Die unterschriebene
Vollmacht haben Sie. Sie gilt bis {last_day}.

{if people}
Sie haben mit {people} zu tun.

# Worum wir bitten
Das würde uns beiden helfen:
- {asked}

# Worauf Sie zählen können
Sie brauchen kein Konto bei uns. Ein Link genügt, und wir antworten rasch.

{if call_by}{provider} ruft Sie bis {call_by} an. Haben Sie vorher Fragen, antworten Sie auf diesen Brief.{end}
{if no call_by}Haben Sie Fragen, antworten Sie auf diesen Brief oder rufen Sie uns an.{end}
""",
    LetterKind.VENDOR_INSTRUCTION: """Subject: Wie Sie an unserem Server {server} arbeiten

{provider} betreut unseren Server {server}. Bitte arbeiten Sie daran von heute an nur noch über {provider}. Fragen Sie
dort vor jedem Besuch an{if contact} ({contact}){end}. Man macht einen Termin mit Ihnen und öffnet den Zugang.

Bitte tun Sie dies jetzt:
- {asked}

# Wie wir von jetzt an arbeiten
Bei jedem Besuch:
- {standing}

Bitte bestätigen Sie das uns beiden schriftlich. Danke für Ihre Hilfe.
""",
    LetterKind.RIGHT_OF_REPLY: """Subject: Bitte um Auskunft zu Änderungen auf einem Server von {client}

Wir betreuen die Server von {client}. Bevor wir etwas tun, möchten wir Ihre Seite hören.

# Was geschehen ist
Das haben wir auf {changed_servers} festgestellt:
- {findings}

{troubles}

Bitte sagen Sie uns bis {answer_by}: Stimmt das? Wer hat darum gebeten? Was wissen wir nicht? Ihre Antwort halten wir
neben unserer fest.
""",
    LetterKind.REPLACEMENT: """Subject: Zusammenarbeit mit {vendor}

{vendor} steht bei {score} von {starts_at} Punkten. Unter {below} schlagen wir einen anderen Anbieter vor.
- {working}

# Was geschehen ist
Das haben wir auf {changed_servers} festgestellt:
- {findings}

{troubles}

# Die andere Seite
{reply}

Sie entscheiden. Wenn Sie wollen, helfen wir, einen anderen Anbieter zu finden, Ihre Daten umzuziehen und den Tag zu
planen. Ihr Vertrag mit uns ändert sich nicht.
""",
}
