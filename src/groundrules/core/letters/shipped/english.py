"""English texts of the letters to a client."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import LetterKind

_OFF = """
# What happened
We found this on {changed_servers}:
- {findings}

{troubles}

# What stays the same
{if others}{others} {end}{if one others}stays covered, just as now.{end}{if many others}stay covered, just as now.{end}
{if continues}We go on with {continues} on each server.{end} We are still here for you.
"""
_CLOSING = "Do you have questions? Reply to this letter or call us."

ENGLISH: Mapping[LetterKind, str] = {
    LetterKind.RELATIONSHIP_CONTINUES: f"""Subject: We go on working for you

{{stays_client}} We look after your systems as before. The enclosed letter is about one server, {{server}}, and about
how vendors work on it.

With this letter you find:
- {{enclosed}}

We write this down so that you know what happened, what it costs, and how to change it. You can call us at any time, and
we will go through it with you.

{_CLOSING}
""",
    LetterKind.NOTICE: f"""Subject: Notice about {{server}}

{{agreement_continues}} One thing may change. If clause {{breached}} is not met, we stop managed service on {{server}}.
Clause {{permits}} lets us do so {{days}} full business days after you get this.
{_OFF}
# What it costs
If {{server}} is off, this is what changes.
- {{costs}}

# How to avoid this
Help us to see that each vendor works through us on {{server}}. Then {{server}} stays under the agreement.

{_CLOSING}
""",
    LetterKind.SUSPENSION: f"""Subject: {{server}}: managed service stops

{{agreement_continues}} One thing changes. From {{from}}, {{server}} is no longer under managed service.
Clause {{breached}} was not met. Clause {{permits}} lets us stop service for this one server.

This is how we counted the days of notice.
- {{counted}}
{_OFF}
# What it costs
While {{server}} is off, this is what changes.
- {{costs}}

{{if conditions}}
# How to get the server back
When all of this is done, {{server}} is covered again from the next midnight (clause {{back_clause}}).
- {{conditions}}

{{if no conditions}}
# How to get the server back
Tell us when you want {{server}} back. It comes back the next day.

{_CLOSING}
""",
    LetterKind.REINSTATEMENT: f"""Subject: {{server}} is covered again

{{server}} is back. It is under managed service again from {{from}} (clause {{clause}}). Thank you for your help.

This is what was done:
- {{done}}

What the return costs: {{total}}.
- {{bill}}

From now on, all vendors ask us first, and we set up each visit.

{_CLOSING}
""",
    LetterKind.WITHDRAWAL: f"""Subject: {{server}}: we take back the suspension of {{began}}

We take back what we wrote about {{server}}. From {{began}} we said it was not under managed service. That was our
error. It counts as never said: {{server}} was covered all the time. We are sorry.

Why we take it back: {{reason}}.

# What it comes to
The monthly fee runs on as if nothing had changed, so what we took off for those days is due again.
{{if refunds}}What you paid for work in that time comes back:{{end}}
- {{refunds}}

{_CLOSING}
""",
    LetterKind.PRICE_CHANGE: f"""Subject: New prices

{{agreement_continues}} From {{from}} something changes, under clause {{clause}}.

# Why
These are our reasons:
- {{reasons}}

# What it costs
All other prices stay as they are.
- {{prices}}

# How we work
- {{rules}}

Do you agree, or do you see another way? We are glad to talk about it.
{{if answer_by}}Please tell us by {{answer_by}}.{{end}}

{_CLOSING}
""",
    LetterKind.CHANGE: f"""Subject: How we work together from now on

{{agreement_continues}} From {{from}} something changes, under clause {{clause}}.

# Why
These are our reasons:
- {{reasons}}

# How we work
- {{rules}}

Do you agree, or do you see another way? We are glad to talk about it.
{{if answer_by}}Please tell us by {{answer_by}}.{{end}}

{_CLOSING}
""",
    LetterKind.EXIT: f"""Subject: Our agreement ends

We will end our agreement under clause {{clause}}. Its last day is {{last_day}}. Until then we work for you as before.

These are our reasons:
- {{reasons}}

Your systems and your data are yours. We hand over to you, or to the firm you choose:
- {{handover}}

{_CLOSING}
""",
    LetterKind.REPLY_PACK: f"""Subject: How to get {{server}} back

You asked how to get {{server}} back. Here is all of it. {{agreement_continues}} Our rates stay as they are.

{{if open}}
# What is left to do
When this is done, {{server}} is covered again from the next midnight:
- {{open}}

{{if no open}}
# Nothing is left to do
{{nothing_open}}

# What is done
- {{done}}

{{if enclosed}}
# What to tell the vendor
These letters are ready for your own letterhead. Sign them and send them.
- {{enclosed}}

# What it cost so far
Work by the hour on {{server}} so far: {{hours}}. It comes to {{amount}}.

{_CLOSING}
""",
    LetterKind.COPY: """Subject: Copy: {sender}, {when}

{sender} {how} on {when}. You get this copy to know of it. There is nothing you must do.

{meant}

# What was said
Word for word:

{quoted}
""",
}
