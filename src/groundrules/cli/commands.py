"""Every command there is: its name, the module that holds it, and the line the overview says of it.

It imports none of them, so that the overview costs nothing. A new command is one module beside this one and one entry.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, the module that holds it, the overview's line, and whether Django must be started first.

    The module declares `NAME`, `HELP`, `add_arguments(parser)` and `run(args) -> int`, and `NEEDS_DATABASE = True` when
    it needs the database. Name, help and need stand here too, so that the overview imports nothing. What a command that
    `makes_database` meets there is its own business, never "run init first".
    """

    name: str
    module: str
    help: str
    needs_database: bool = False
    makes_database: bool = False


COMMANDS: tuple[Command, ...] = (
    Command(
        "agency",
        "groundrules.cli.agency",
        "Draft letters of agency, note their steps, and ask whether one is in force.",
        needs_database=True,
    ),
    Command(
        "agent",
        "groundrules.cli.agent",
        "Let collectors enrol, list them, or revoke one.",
        needs_database=True,
    ),
    Command(
        "agreement",
        "groundrules.cli.agreement",
        "Draft or prove an agreement, or see what a new version would change.",
    ),
    Command(
        "audit", "groundrules.cli.audit", "Read who did what, and verify it.", needs_database=True
    ),
    Command(
        "backup",
        "groundrules.cli.backup",
        "Watch the backups of clients' servers (ours: groundrules installation backup).",
        needs_database=True,
    ),
    Command(
        "bench",
        "groundrules.cli.bench",
        "Measure on this machine how fast work is rated and invoiced.",
    ),
    Command(
        "billing",
        "groundrules.cli.billing",
        "Show and set what documents say of provider and clients, and their taxes.",
        needs_database=True,
    ),
    Command("case", "groundrules.cli.case", "Answer a case file, or check one."),
    Command(
        "collect", "groundrules.cli.collect", "Collect evidence from this host into an envelope."
    ),
    Command(
        "demo",
        "groundrules.cli.demo",
        "Walk the cautionary tale, then serve it.",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "dependencies",
        "groundrules.cli.dependencies",
        "Show and keep the map of what applications need.",
        needs_database=True,
    ),
    Command(
        "deploy",
        "groundrules.cli.deploy",
        "Write systemd units, the scripts for Windows and the witness for where this installation lies.",
    ),
    Command(
        "dispute",
        "groundrules.cli.dispute",
        "List, open on somebody's behalf, answer or take back disputes of decisions, facts and scores.",
        needs_database=True,
    ),
    Command(
        "doctor",
        "groundrules.cli.doctor",
        "Look at everything this installation needs, and name the command that mends what is wrong.",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "events",
        "groundrules.cli.events",
        "Ask about raw events, and keep their segments.",
        needs_database=True,
    ),
    Command(
        "evidence", "groundrules.cli.evidence", "Take evidence in, or list it.", needs_database=True
    ),
    Command(
        "explain",
        "groundrules.cli.explain",
        "Walk from a reference back to raw evidence.",
        needs_database=True,
    ),
    Command(
        "export",
        "groundrules.cli.export",
        "Hand out a month's documents for accounting, or every book and card.",
        needs_database=True,
    ),
    Command(
        "gate",
        "groundrules.cli.gate",
        "Open and close vendors' access: Linux by SSH certificates, Windows by signed actions.",
        needs_database=True,
    ),
    Command(
        "health",
        "groundrules.cli.health",
        "Say how servers and applications stand, and set what makes one healthy.",
        needs_database=True,
    ),
    Command(
        "import",
        "groundrules.cli.take_over",
        "Take a case file's client, agreement and facts into the books.",
        needs_database=True,
    ),
    Command(
        "imports",
        "groundrules.cli.imports",
        "Bring in other programs' exports.",
        needs_database=True,
    ),
    Command(
        "init",
        "groundrules.cli.init",
        "Set up a new installation: the database and its first owner.",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "incident",
        "groundrules.cli.incident",
        "Open an incident, say that it is over, and list those there are.",
        needs_database=True,
    ),
    Command(
        "inspect",
        "groundrules.cli.inspect",
        "Count what the readers find in files, without keeping anything.",
    ),
    Command(
        "installation",
        "groundrules.cli.installation",
        "Back this installation up in one file, restore it, or move it to another database.",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "inventory", "groundrules.cli.inventory", "List servers for Ansible.", needs_database=True
    ),
    Command(
        "invoice",
        "groundrules.cli.invoice",
        "Write an issued document as an electronic invoice, or check one.",
        needs_database=True,
    ),
    Command(
        "job", "groundrules.cli.job", "Do small reviewed jobs on servers.", needs_database=True
    ),
    Command(
        "keys",
        "groundrules.cli.keys",
        "Say how private keys lie on the disk, and encrypt them or change their password.",
        needs_database=True,
    ),
    Command(
        "letter",
        "groundrules.cli.letter",
        "Review letters, send them, call them back, and see whether they arrived.",
        needs_database=True,
    ),
    Command(
        "letter-text",
        "groundrules.cli.letter_text",
        "See what letters say in each language, change it from a file, and bring shipped words back.",
        needs_database=True,
    ),
    Command(
        "mail",
        "groundrules.cli.mail",
        "Take mail in, see where it was filed, and file what waits.",
        needs_database=True,
    ),
    Command(
        "mcp",
        "groundrules.cli.mcp",
        "Offer an assistant (MCP) tools that read and draft.",
        needs_database=True,
    ),
    Command(
        "message",
        "groundrules.cli.message",
        "See what was said and written, log a call, file it to an incident, note what it asks for.",
        needs_database=True,
    ),
    Command(
        "migrate",
        "groundrules.cli.migrate",
        "Bring a new database to the newest form (one in use: groundrules upgrade).",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "month-end",
        "groundrules.cli.month_end",
        "Bill a month: collect, see exceptions first, approve, hold, issue, hand to accounting.",
        needs_database=True,
    ),
    Command(
        "outgoing",
        "groundrules.cli.outgoing",
        "See which mails that are no letters did not leave; send one again, or give it up.",
        needs_database=True,
    ),
    Command(
        "patch",
        "groundrules.cli.patch",
        "Plan patches by a dry run, approve, run and retry them.",
        needs_database=True,
    ),
    Command(
        "planning",
        "groundrules.cli.planning",
        "Freeze vendors' work, approve routine work beforehand, and say when backups run.",
        needs_database=True,
    ),
    Command(
        "profit",
        "groundrules.cli.profit",
        "Say what each relationship earns, and state what it rests on.",
        needs_database=True,
    ),
    Command(
        "recovery",
        "groundrules.cli.recovery",
        "Note a recovery and the calls for help, tell fallout from others' changes, and report it.",
        needs_database=True,
    ),
    Command(
        "replay",
        "groundrules.cli.replay",
        "Prove by replay on isolated copies which change broke an application.",
        needs_database=True,
    ),
    Command(
        "report",
        "groundrules.cli.report",
        "Tell a client what was done and what it was worth.",
        needs_database=True,
    ),
    Command("role", "groundrules.cli.role", "Say what each role may do.", needs_database=True),
    Command(
        "rules",
        "groundrules.cli.rules",
        "Publish a vendor's rules of engagement, and say who accepted which version.",
        needs_database=True,
    ),
    Command(
        "runs",
        "groundrules.cli.runs",
        "Say how far long runs are, or stop one.",
        needs_database=True,
    ),
    Command("serve", "groundrules.cli.serve", "Serve the web pages.", needs_database=True),
    Command(
        "vendor",
        "groundrules.cli.vendor",
        "Keep the register of vendors: people, networks, accounts, support contracts.",
        needs_database=True,
    ),
    Command(
        "shell",
        "groundrules.cli.shell",
        "Open a shell on a client's server that is on record as ours.",
        needs_database=True,
    ),
    Command(
        "signature",
        "groundrules.cli.signature",
        "Ask for a signature without paper, see what was signed, and save its evidence.",
        needs_database=True,
    ),
    Command(
        "site",
        "groundrules.cli.site",
        "Keep clients' sites, and say which server stands at which since when.",
        needs_database=True,
    ),
    Command(
        "time",
        "groundrules.cli.time",
        "Log time suggested from your own shells, patch runs and jobs.",
        needs_database=True,
    ),
    Command(
        "timeline",
        "groundrules.cli.timeline",
        "Say what happened on a server: logins, changes and who made them, incidents.",
        needs_database=True,
    ),
    Command(
        "token",
        "groundrules.cli.token",
        "Make tokens for programs that use the interface, list them, or revoke one.",
        needs_database=True,
    ),
    Command(
        "upgrade",
        "groundrules.cli.upgrade",
        "Say what an upgrade would do here, or do it with a backup to go back to.",
        needs_database=True,
        makes_database=True,
    ),
    Command(
        "user",
        "groundrules.cli.user",
        "Say who may sign in, let somebody in, or take their access away.",
        needs_database=True,
    ),
    Command(
        "verdict",
        "groundrules.cli.verdict",
        "Confirm or dispute who made a change, mark it as expected, or file a vendor's reply.",
        needs_database=True,
    ),
    Command(
        "visit",
        "groundrules.cli.visit",
        "Report a vendor's visit: its changes and logins against the window.",
        needs_database=True,
    ),
    Command(
        "webhook",
        "groundrules.cli.webhook",
        "Tell other programs what happens, see whether it arrived, and tell it again.",
        needs_database=True,
    ),
    Command(
        "worker",
        "groundrules.cli.worker",
        "Read what collectors have sent, send letters that are due, take mail in.",
        needs_database=True,
    ),
    Command(
        "worlds",
        "groundrules.cli.worlds",
        "Score causes against case files whose author states the truth.",
    ),
)
