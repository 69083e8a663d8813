"""What our record says of tests on copies, of missing evidence and of signatures, in German."""

from __future__ import annotations

_TESTED = [
    ("What we tested: {what}", "Was wir geprüft haben: {what}"),
    ("What we do not know: {what}", "Was wir nicht wissen: {what}"),
    (
        "Replay on an isolated copy: {what} ({own_runs} runs, {own_rate} of repeats disagreed). {rest}",
        "An einer eigenen Kopie des Servers: {what} ({own_runs} Läufe, {own_rate} davon mit anderem Ausgang). {rest}",
    ),
    (
        "Replay on an isolated copy: {what} ({own_runs} runs, {own_rate} of repeats disagreed).",
        "An einer eigenen Kopie des Servers: {what} ({own_runs} Läufe, {own_rate} davon mit anderem Ausgang).",
    ),
    (
        "undoing {own_one} with {own_two}; so does {own_three} with {own_four} heals the end state",
        "nimmt man {own_one} mit {own_two} zurück, läuft er wieder; ebenso bei {own_three} mit {own_four}",
    ),
    (
        "undoing {own_one}; so does {own_two} with {own_three} heals the end state",
        "nimmt man {own_one} zurück, läuft er wieder; ebenso bei {own_two} mit {own_three}",
    ),
    (
        "undoing {own_one} with {own_two}; so does {own_three} heals the end state",
        "nimmt man {own_one} mit {own_two} zurück, läuft er wieder; ebenso bei {own_three}",
    ),
    (
        "undoing {own_one}; so does {own_two} heals the end state",
        "nimmt man {own_one} zurück, läuft er wieder; ebenso bei {own_two}",
    ),
    (
        "undoing {own_one} with {own_two} heals the end state",
        "nimmt man {own_one} mit {own_two} zurück, läuft er wieder",
    ),
    (
        "undoing {own_one} heals the end state",
        "nimmt man {own_one} zurück, läuft er wieder",
    ),
    (
        "no single change was shown to heal or to reproduce the failure",
        "von keiner einzelnen Änderung ist gezeigt, dass sie den Ausfall behebt oder hervorruft",
    ),
    (
        "{own_change} is proven: the sole cause (runs {own_runs} of the replay).",
        "{own_change} ist als einzige Ursache belegt (Läufe {own_runs}).",
    ),
    (
        "{own_change} is proven: contributes, together with another change (runs {own_runs} of the replay).",
        "{own_change} wirkt belegt mit, gemeinsam mit einer anderen Änderung (Läufe {own_runs}).",
    ),
    (
        "{own_change} is proven: sufficient, but another cause remains (runs {own_runs} of the replay).",
        "{own_change} genügt belegt allein, doch bleibt eine andere Möglichkeit (Läufe {own_runs}).",
    ),
    (
        "{own_change} is not shown (runs {own_runs} of the replay).",
        "Von {own_change} ist es nicht gezeigt (Läufe {own_runs}).",
    ),
    (
        (
            "A copy that was running meanwhile showed the same: it failed with it and went on without it "
            "(runs {own_runs})."
        ),
        "Eine laufende Kopie zeigte dasselbe: Damit fiel sie aus, ohne lief sie weiter (Läufe {own_runs}).",
    ),
    (
        "A copy that was running meanwhile did not show it (runs {own_runs}): only a fresh start does.",
        "Eine laufende Kopie zeigte es nicht (Läufe {own_runs}); nur ein neuer Start zeigt es.",
    ),
    ("It stays a candidate: {why}.", "Es bleibt eine Möglichkeit: {why}."),
    (
        "{own_change} breaks the copy, but {why}: nothing rests on it.",
        "Mit {own_change} fällt die Kopie aus, aber {why}. Darauf stützen wir nichts.",
    ),
    (
        "evidence is missing between the last good check and the failure",
        "zwischen der letzten guten Prüfung und dem Ausfall fehlen Aufzeichnungen",
    ),
    (
        "something that failed by itself at that time explains the failure as well",
        "was zu dieser Zeit von selbst ausfiel, erklärt es ebenso",
    ),
    ("the hardware itself failed", "die Hardware selbst fiel aus"),
    ("the record rules it out", "die Aufzeichnungen schließen es aus"),
    (
        "on the server putting it back did not heal",
        "auf dem Server half es nicht, sie zurückzunehmen",
    ),
    (
        "it may have been made after the failure",
        "sie kann auch nach dem Ausfall gemacht worden sein",
    ),
    (
        "the application worked again before any record says that it was put right",
        "die Anwendung lief wieder, bevor eine Behebung belegt ist",
    ),
    (
        "what it touched was changed more than once, and each of them alone breaks it",
        "was sie berührt, wurde mehrmals geändert, und jede Änderung genügt allein",
    ),
    (
        "the error names nothing by which the same failure could be known",
        "die Fehlermeldung nennt nichts, woran man denselben Ausfall erkennt",
    ),
    (
        (
            "the error names nothing by which the same failure could be known, and by the record alone it is less "
            "likely than everything else together"
        ),
        (
            "die Fehlermeldung nennt nichts, woran man denselben Ausfall erkennt, und nach den Aufzeichnungen allein "
            "liegt alles andere zusammen näher"
        ),
    ),
    (
        "a disk came or went before it worked again",
        "eine Festplatte kam oder ging, bevor es wieder lief",
    ),
    (
        "it was put back before the failure was seen",
        "sie wurde zurückgenommen, bevor der Ausfall auffiel",
    ),
    (
        "it was put back before the failure, and a restore may have brought it back",
        "sie wurde vor dem Ausfall zurückgenommen, und eine Wiederherstellung kann sie zurückgebracht haben",
    ),
    (
        "the clock of its server was set at that time",
        "die Uhr des Servers wurde zu dieser Zeit gestellt",
    ),
    (
        "the record does not tie it to this failure by time and place at all",
        "nach Zeit und Ort verbindet sie nichts Belegtes mit diesem Ausfall",
    ),
    (
        "by the record it was so improbable that one test does not make it likely",
        "nach den Aufzeichnungen war sie so unwahrscheinlich, dass ein Test sie nicht wahrscheinlich macht",
    ),
    (
        "the error names nothing, and on the server checks passed after it",
        "die Fehlermeldung nennt nichts, und auf dem Server gelangen danach Prüfungen",
    ),
    (
        "the error names nothing, and what else needs the same stayed healthy",
        "die Fehlermeldung nennt nichts, und was dasselbe braucht, lief weiter",
    ),
    ("no recorded dependency leads to it", "keine belegte Abhängigkeit führt zu ihr"),
    (
        "no check before the failure is on record, so it may have begun earlier",
        "vor dem Ausfall ist keine Prüfung belegt, er kann also früher begonnen haben",
    ),
    (
        (
            "only at a fresh start: a copy that was running goes on, no restart of the server after it is on record, "
            "and the error names nothing by which the same failure could be known"
        ),
        (
            "nur bei einem neuen Start: eine laufende Kopie läuft weiter, ein Neustart des Servers danach ist nicht "
            "belegt, und die Fehlermeldung nennt nichts, woran man denselben Ausfall erkennt"
        ),
    ),
]
_OPEN = [
    (
        "Whether another change of that time had a part in it: {what}.",
        "Ob eine andere Änderung dieser Zeit daran Anteil hatte: {what}.",
    ),
    (
        "Whether it has to do with {what}: no recorded dependency leads there, and maps have holes.",
        "Ob es mit dieser Änderung zu tun hat: {what}. Eine Abhängigkeit ist nicht belegt, und Karten haben Lücken.",
    ),
    (
        (
            "Whether it has to do with {what}: no recorded dependency leads there, and maps have holes "
            "({own_count} more changes likewise)."
        ),
        (
            "Ob es mit dieser Änderung zu tun hat: {what}. Eine Abhängigkeit ist nicht belegt, und Karten haben Lücken "
            "({own_count} weitere Änderungen ebenso)."
        ),
    ),
    (
        (
            "Whether {what} broke it later: checks passed after it, which makes that improbable and does not rule it "
            "out."
        ),
        (
            "Ob diese Änderung es später störte: {what}. Prüfungen gelangen danach; das macht es unwahrscheinlich und "
            "schließt es nicht aus."
        ),
    ),
    (
        (
            "Whether {what} broke it later: checks passed after it, which makes that improbable and does not rule it "
            "out ({own_count} more changes likewise)."
        ),
        (
            "Ob diese Änderung es später störte: {what}. Prüfungen gelangen danach; das macht es unwahrscheinlich und "
            "schließt es nicht aus ({own_count} weitere Änderungen ebenso)."
        ),
    ),
    (
        "Our {own_run} was under way before the failure, and no change of it is on record.",
        "Unser Lauf ({own_run}) war vor dem Ausfall im Gang, und keine Änderung von ihm ist belegt.",
    ),
    # What a reader found in a log is told in its own words and language; the letter cites the record that holds them.
    (
        "What the missing evidence would have shown: {kind} ({own_source}): {free_says}.",
        "Was fehlende Aufzeichnungen gezeigt hätten: {kind} ({own_source}).",
    ),
    (
        "What the missing evidence would have shown: {kind} ({own_source}).",
        "Was fehlende Aufzeichnungen gezeigt hätten: {kind} ({own_source}).",
    ),
    (
        "What the missing evidence would have shown: {kind}: {free_says}.",
        "Was fehlende Aufzeichnungen gezeigt hätten: {kind}.",
    ),
    (
        "What the missing evidence would have shown: {kind}.",
        "Was fehlende Aufzeichnungen gezeigt hätten: {kind}.",
    ),
    ("collector silent", "keine Meldung vom Server"),
    ("log cleared", "Protokoll geleert"),
    ("records missing", "Aufzeichnungen fehlen"),
    ("records damaged", "Aufzeichnungen beschädigt"),
    ("clock step", "Uhr verstellt"),
    ("audit off", "Überwachung aus"),
    ("restart", "Neustart"),
]
_SIGNED = [
    ("Evidence of signature", "Nachweis der Unterschrift"),
    (
        "This page belongs to the document named below.",
        "Diese Seite gehört zu dem Dokument, das unten genannt ist.",
    ),
    ("Document: {free_title}", "Dokument: {free_title}"),
    (
        "SHA-256 of the exact PDF that was shown: {free_digest}",
        "SHA-256 der PDF-Datei, die gezeigt wurde: {free_digest}",
    ),
    (
        "Signed by: {free_name} (typed by the signer)",
        "Unterschrieben von: {free_name} (so eingegeben)",
    ),
    ("On record as: {free_name}", "Uns bekannt als: {free_name}"),
    (
        (
            "How: the signer uploaded the scanned page and typed a code of six digits that was mailed to "
            "{free_address} and works once."
        ),
        (
            "Wie: Wer unterschrieb, lud die gescannte Seite hoch und gab einen Code von sechs Ziffern ein, der an "
            "{free_address} ging und einmal gilt."
        ),
    ),
    (
        (
            "How: the signer read the document behind their personal link and typed a code of six digits that was "
            "mailed to {free_address} and works once."
        ),
        (
            "Wie: Wer unterschrieb, las das Dokument über den persönlichen Link und gab einen Code von sechs Ziffern "
            "ein, der an {free_address} ging und einmal gilt."
        ),
    ),
    ("When: {moment}", "Wann: {moment}"),
    (
        "Network address, as our server saw it: not known",
        "Netzadresse, wie unser Server sie sah: nicht bekannt",
    ),
    (
        "Network address, as our server saw it: {free_address}",
        "Netzadresse, wie unser Server sie sah: {free_address}",
    ),
]

PAIRS: tuple[tuple[str, str], ...] = (*_TESTED, *_OPEN, *_SIGNED)
