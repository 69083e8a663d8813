"""The report of a recovery, in each language."""

from __future__ import annotations

ENGLISH_RECOVERY = """Subject: {server}: report of the recovery of {failed}

On {failed} something failed on {server}: {title}. {back}

# What was lost
We restored it to the state of {restored_to}. {lost}

# What we promised
- {promised}

# Whom we asked for help
- {attempts}

# What you asked for
- {requested}

# The work
This is how it splits under our agreement. For this work you are charged {charged}.
- {hours}

# What changed since the failure
{baseline} Here is each change on record, and how far we know whose it is:
- {told_apart}

# What stopped working after it
{if troubles}We state the order in time here. It is not proof.{end}

{troubles}

Do you have questions? Reply to this letter or call us.
"""

GERMAN_RECOVERY = """Subject: {server}: Bericht über die Wiederherstellung vom {failed}

Am {failed} fiel auf {server} etwas aus: {title}. {back}

# Was verloren ging
Wir haben den Stand von {restored_to} wiederhergestellt. {lost}

# Was wir zugesagt haben
- {promised}

# Wen wir um Hilfe gebeten haben
- {attempts}

# Worum Sie gebeten haben
- {requested}

# Die Arbeit
So teilt sie sich nach unserem Vertrag auf. Für diese Arbeit berechnen wir {charged}.
- {hours}

# Was sich seit dem Ausfall geändert hat
{baseline} Das ist jede Änderung, die belegt ist, und wie weit wir wissen, von wem sie ist:
- {told_apart}

# Was danach nicht mehr ging
{if troubles}Wir nennen hier die zeitliche Folge. Sie ist kein Beweis.{end}

{troubles}

Haben Sie Fragen? Antworten Sie auf diesen Brief oder rufen Sie uns an.
"""
