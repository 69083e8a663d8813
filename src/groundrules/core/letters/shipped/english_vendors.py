"""English texts of the letters to a vendor, ours and those for the client's own paper."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import LetterKind

ENGLISH_VENDORS: Mapping[LetterKind, str] = {
    LetterKind.LETTER_OF_AGENCY: """Subject: {provider} acts for us

To {vendor}: {provider} is our agent. Please work with them as you do with us.
- {parties}

They may {level}, for this:
- {scope}

{if servers}
This is for: {servers}.

This holds for {months} months from the day you get it. {limits}

{if verify_with}
To check this letter, ask {verify_with}.

# Signed for us
- {signature}
""",
    LetterKind.RULES_OF_ENGAGEMENT: """Subject: Rules for work on the servers of {client}

These are the rules for work on the servers of {client}, version {version}.

# The rules
Who accepts them says this to us:
- {rules}

{if hours}In return, we answer each request within {hours} h.{end}
{if no hours}In return, we answer each request quickly.{end} You need no account with us. A link is enough.

In an emergency, call us. We open the way at once and look at it together the next day.

Please tell us that you accept version {version}, with your name and the date.
""",
    LetterKind.INTRODUCTION: """Subject: We look after the servers of {client}

We are {provider}. {client} has named us as its agent{if servers}, for {servers}{end}. You have its signed
letter. It holds to {last_day}.

{if people}
You will deal with {people}.

# What we ask
This would help us both:
- {asked}

# What you can count on
You need no account with us. A link is enough, and we answer quickly.

{if call_by}{provider} will call you by {call_by}. If you have questions before, reply to this letter.{end}
{if no call_by}If you have questions, reply to this letter or call us.{end}
""",
    LetterKind.VENDOR_INSTRUCTION: """Subject: How to work on our server {server}

{provider} looks after our server {server}. From today, please work on it only through them. Before each
visit, ask {provider}{if contact} at {contact}{end}. They will set a time and open the way in.

Please do this now:
- {asked}

# How we work from now on
On each visit:
- {standing}

Please confirm in writing to both of us. Thank you for your help.
""",
    LetterKind.RIGHT_OF_REPLY: """Subject: Please tell us about changes on a server of {client}

We look after the servers of {client}. We want to hear your side before we do anything else.

# What happened
We found this on {changed_servers}:
- {findings}

{troubles}

Please tell us by {answer_by}: Is this right? Who asked for it? What do we not know? We put your answer on record next
to ours.
""",
    LetterKind.REPLACEMENT: """Subject: Working with {vendor}

{vendor} stands at {score} points of {starts_at}. Below {below} we suggest a change of vendor.
- {working}

# What happened
We found this on {changed_servers}:
- {findings}

{troubles}

# Their side
{reply}

You decide. If you want, we help you to find another vendor, to move your data and to plan the day. Your agreement with
us does not change.
""",
}
