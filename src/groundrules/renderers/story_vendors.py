"""The part of a story about holding one's ground: states, notices, conditions, vendors, letters, refusals."""

from __future__ import annotations

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.agreements.words import BAND_OF_WORK, spoken_list
from groundrules.core.answers.model import Answers, NoticeAnswer, VendorAnswer, WindowAnswer
from groundrules.core.letters.answers import LetterDraft, Paragraph
from groundrules.core.lifecycle.answers import ConditionBucket, ReinstatementAnswer
from groundrules.core.lifecycle.suspension import SuspensionEffects
from groundrules.renderers.story_text import Names, labelled, paragraph, point, section, span, when

_QUIET = {CoverageState.COVERED, CoverageState.NOT_IN_AGREEMENT}
_BOXES = {ConditionBucket.MET: "[x]", ConditionBucket.WAIVED: "[w]"}


def states(answers: Answers, names: Names) -> str:
    """This function will list the coverage states of every asset that was ever anything but covered."""
    blocks = []
    for asset in answers.world.assets:
        spans = answers.states_of(asset.id)
        if any(s.state not in _QUIET for s in spans):
            blocks.append(point(names.of(asset.id)))
            blocks += [
                labelled(s.state.value, f"{span(s.period, answers.zone)}. {s.sentence}", 4, 14)
                for s in spans
                if s.state is not CoverageState.NOT_IN_AGREEMENT
            ]
    return section("Coverage of each server", blocks)


def notices(answers: Answers, names: Names) -> str:
    """This function will work through each notice step by step."""
    return section("Notice", (_notice(n, answers, names) for n in answers.notices))


def _notice(found: NoticeAnswer, answers: Answers, names: Names) -> str:
    lines = [point(f"Notice {found.notice.id} about {names.of(found.notice.asset)}")]
    lines += [
        labelled(f"{number}.", step, 4, 3) for number, step in enumerate(found.arithmetic.steps, 1)
    ]
    if found.ground is not None:
        facts = ", ".join(f"{fact.ref} ({fact.says})" for fact in found.ground.facts)
        lines.append(labelled("rests on", f"clause {found.ground.breach_of} and {facts}", 4))
        lines += [
            labelled("left out", f"{x.change}: {x.sentence}", 4) for x in found.ground.left_out
        ]
    if found.effects is not None:
        effects = found.effects
        rates = ", ".join(f"{rate} {BAND_OF_WORK[band]}" for band, rate in effects.rates)
        stays = ", ".join(names.of(asset) for asset in effects.stays_covered)
        lines += [
            labelled(
                "then",
                f"From {when(effects.from_at, answers.zone)} work is by the hour: {rates}.",
                4,
            ),
            labelled("fee", effects.fee_sentence, 4),
            labelled("stays", f"{stays} stays covered{_goes_on(effects)}.", 4),
        ]
        if effects.stops:
            said = f"{spoken_list(effects.stops)} until it is covered again. {effects.not_owed}"
            lines.append(labelled("stops", said.strip(), 4))
    return "\n".join(lines)


def _goes_on(effects: SuspensionEffects) -> str:
    """What goes on of the server itself, beside the others."""
    goes = "does" if len(effects.continues) == 1 else "do"
    return f"; so {goes} {spoken_list(effects.continues)}" if effects.continues else ""


def conditions(answers: Answers, names: Names) -> str:
    """This function will answer "What do we have to do to get our server back?"."""
    return section(
        "What must happen before a server is covered again",
        (_reinstatement(r, answers, names) for r in answers.reinstatements),
    )


def _reinstatement(found: ReinstatementAnswer, answers: Answers, names: Names) -> str:
    lines = [paragraph(_standing(found, names))]
    for condition in found.conditions:
        met = f" ({when(condition.met_at, answers.zone)})" if condition.met_at else ""
        box = _BOXES.get(condition.bucket, "[ ]")
        lines.append(
            point(f"{condition.terms.says.rstrip('.')}. {condition.sentence}{met}", 2, box)
        )
    return "\n".join(lines)


def _standing(found: ReinstatementAnswer, names: Names) -> str:
    """The list below names each open condition; the core's own sentence names them again."""
    if not found.open:
        return found.sentence
    count = f"{len(found.open)} of {len(found.conditions)} conditions are open"
    return f"{names.of(found.asset)} cannot be covered again yet: {count}."


def windows(answers: Answers, names: Names) -> str:
    """This function will say of each access window whether it may be approved, and how visits departed from it."""
    return section("Access windows", (_window(w, answers, names) for w in answers.windows))


def _window(found: WindowAnswer, answers: Answers, names: Names) -> str:
    own = next(w for w in answers.world.windows if w.id == found.window)
    may = "may be approved" if found.approval.allowed else "may not be approved"
    who = names.of(own.vendor) if own.vendor else answers.world.provider.name
    lines = [
        point(
            f"{found.window}: {who} on {names.of(own.asset)}, {span(own.period, answers.zone)}; it {may} now."
        )
    ]
    lines += [labelled("because", reason.sentence, 4) for reason in found.approval.refusals]
    lines += [labelled("visit", deviation.sentence, 4) for deviation in found.deviations]
    if found.approval.review_due:
        lines.append(labelled("review", f"by {found.approval.review_due}", 4))
    return "\n".join(lines)


def vendors(answers: Answers, names: Names) -> str:
    """This function will show how vendors stand: letters of agency, and every score that is not full."""
    letters_of_agency = [
        point(f"Letter of agency {status.letter}: {status.sentence}")
        for status in answers.letters_of_agency
    ]
    full = answers.world.scorecard_rule.starts_at
    scored = [
        _score(v, names)
        for v in answers.vendors
        if v.card.score != full or v.tally.undetermined_changes
    ]
    return section("Vendors", [*letters_of_agency, *scored])


def _score(found: VendorAnswer, names: Names) -> str:
    lines = [point(f"{names.with_id(found.vendor)} scores {found.card.score}.")]
    lines += [labelled(f"{step.points:+}", step.says, 4, 8) for step in found.card.steps]
    return "\n".join([*lines, labelled("letter", found.offer.sentence, 4)])


def conversations(answers: Answers, names: Names) -> str:
    """This function will say what each call or mail changed, and which promises count."""
    said = [point(f"{logged.message}: {logged.sentence}") for logged in answers.conversations]
    counted = [
        point(f"{c.message} commits the client, by {names.of(c.approved_by)}.")
        for c in answers.commitments
    ]
    return section("What was said, and what it changed", [*said, *counted])


def clocks(answers: Answers) -> str:
    """This function will show each service clock with the stretches it counted."""
    blocks = []
    for clock in answers.clocks:
        incident = next(i for i in answers.world.incidents if i.id == clock.incident)
        blocks += [
            point(f"{incident.title}: {clock.sentence}"),
            labelled("counted", clock.working or "nothing", 4),
        ]
    return section("Promised times", blocks)


def letters(answers: Answers, names: Names) -> str:
    """This function will print every drafted letter in full."""
    return "\n\n".join(_letter(letter, names) for letter in answers.letters)


def _letter(draft: LetterDraft, names: Names) -> str:
    about = f" about {names.of(draft.asset)}" if draft.asset else ""
    head = [
        paragraph(f"On the letterhead of {draft.letterhead}, to {draft.to}", 2),
        paragraph(f"Subject: {draft.subject}", 2),
    ]
    warnings = [point(f"Before sending: {warning}", 2, "!") for warning in draft.warnings]
    body = [part for p in draft.paragraphs for part in _paragraph(p)]
    return section(f"Draft letter: {draft.kind.value}{about}", [*head, *warnings, *body])


def _paragraph(found: Paragraph) -> list[str]:
    parts = [paragraph(f"{found.heading.rstrip('.')}.", 2)] if found.heading else []
    if found.text:
        parts.append(paragraph(found.text, 2))
    return [*parts, *(point(item, 4) for item in found.items)]


def refusals(answers: Answers) -> str:
    """This function will list what was refused, and why."""
    return section("Refused", (point(f"{r.about}: {r.sentence}") for r in answers.refusals))
