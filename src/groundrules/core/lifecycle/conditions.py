"""Reinstatement: "What do we have to do to get our server back?", answered from the record alone.

Conditions tick themselves from facts; the owner may waive one with a reason and its price, which stays visible. The
asset is covered again from the first local midnight after the last condition was met.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.agreements.terms import ReinstatementTerms
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, ConditionId
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionRecord,
    ConditionStatus,
    ReinstatementAnswer,
    condition_ref,
)
from groundrules.core.lifecycle.proofs import PROOFS, ConditionInputs, Proof, Question
from groundrules.core.money import Money
from groundrules.core.parties import Technician
from groundrules.core.periods import local_date, start_of_local_day, utc
from groundrules.core.reasons import FactRef

_DONE = frozenset({ConditionBucket.MET, ConditionBucket.WAIVED})
_OWNER = "owner"


class ConditionsOpen(ValueError):
    """A reinstatement was asked for while conditions are open; the message lists exactly those."""


class WaiverRefused(ValueError):
    """A waiver came without an owner, a reason or a price."""


def waive(
    condition: ConditionId, at: datetime, by: Technician, reason: str, price: Money | None
) -> ConditionRecord:
    """This function will return the record of a waiver: an exception with an owner, a reason and its price shown.

    Raises WaiverRefused when `by` is not an owner, or the reason or the price is missing (a price may be zero).
    """
    if by.role != _OWNER:
        message = f"{by.name} is a {by.role}; only an owner may waive condition {condition}"
        raise WaiverRefused(message)
    if not reason or price is None:
        message = f"waiving {condition} needs a reason and what it costs; write both, also when it is nothing"
        raise WaiverRefused(message)
    return ConditionRecord(condition, at, by.name, reason, waived=True, price=price)


def reinstatement(
    asset: AssetId, terms: ReinstatementTerms, inputs: ConditionInputs, at: datetime
) -> ReinstatementAnswer:
    """This function will say where every condition stands as of `at`, and from when the asset is covered again.

    `effective_at` (UTC) is the first local midnight strictly after the last condition was met, or None while one is
    open. With no conditions agreed, it is the first midnight after `at`.
    """
    moment = utc(at)
    statuses = tuple(_status(Question(asset, c, inputs, moment)) for c in terms.conditions)
    still_open = tuple(s.terms.id for s in statuses if s.bucket not in _DONE)
    if still_open:
        return ReinstatementAnswer(
            asset, statuses, still_open, None, _open_sentence(asset, statuses)
        )
    last_met = max((s.met_at for s in statuses if s.met_at is not None), default=moment)
    effective_at = next_midnight(inputs.zone, last_met)
    sentence = (
        f"All conditions for {asset} are met (clause {terms.clause}); "
        f"it is covered again from {zone_label(effective_at, inputs.zone)}."
    )
    return ReinstatementAnswer(asset, statuses, (), effective_at, sentence)


def next_midnight(zone: str, after: datetime) -> datetime:
    """This function will return the first local midnight strictly after an instant (UTC)."""
    return start_of_local_day(zone, local_date(zone, after) + timedelta(days=1))


def reinstated_from(answer: ReinstatementAnswer) -> datetime:
    """This function will return from when the asset is covered; ConditionsOpen lists what is open."""
    if answer.effective_at is None:
        raise ConditionsOpen(answer.sentence)
    return answer.effective_at


def _open_sentence(asset: AssetId, statuses: tuple[ConditionStatus, ...]) -> str:
    waiting = [s for s in statuses if s.bucket not in _DONE]
    listed = spoken_list([f"{s.terms.id} ({s.terms.says.rstrip('.')})" for s in waiting])
    count = "1 condition is" if len(waiting) == 1 else f"{len(waiting)} conditions are"
    return f"{asset} cannot be reinstated yet: {count} open: {listed}."


def _status(question: Question) -> ConditionStatus:
    """The record of a person comes first where it closes the condition; otherwise the facts speak."""
    terms, inputs = question.terms, question.inputs
    records = sorted(
        (
            r
            for r in inputs.records
            if r.condition == terms.id
            and r.asset in {None, question.asset}
            and utc(r.at) <= question.at
        ),
        key=lambda r: utc(r.at),
    )
    proof = PROOFS[terms.kind](question)
    agreed = [utc(r.due_at) for r in records if r.due_at is not None]
    due_at = agreed[-1] if agreed else inputs.due.get(terms.id)
    waiver = next((r for r in records if r.waived and r.proof and r.price is not None), None)
    if waiver is not None and proof.met_at is None:
        return _waived(question, waiver)
    said = next((r for r in records if not r.waived and r.proof), None)
    if said is not None and (proof.met_at is None or utc(said.at) < proof.met_at):
        return _recorded(question, said)
    begun = proof.begun or any(r.due_at is None for r in records)
    bucket = _bucket(proof, due_at, question.at, begun=begun)
    return ConditionStatus(terms, bucket, proof.met_at, proof.sentence, proof.facts, due_at)


def _bucket(proof: Proof, due_at: datetime | None, at: datetime, *, begun: bool) -> ConditionBucket:
    if proof.met_at is not None:
        return ConditionBucket.MET
    if due_at is not None and utc(due_at) < at:
        return ConditionBucket.PAST_DUE
    return ConditionBucket.PENDING_VERIFICATION if begun else ConditionBucket.CURRENTLY_DUE


def _waived(question: Question, record: ConditionRecord) -> ConditionStatus:
    terms = question.terms
    sentence = f"Waived by {record.by}: {record.proof.rstrip('.')}. It costs {record.price}."
    fact = FactRef("waiver", condition_ref(question.asset, terms.id), record.proof)
    return ConditionStatus(terms, ConditionBucket.WAIVED, utc(record.at), sentence, (fact,))


def _recorded(question: Question, record: ConditionRecord) -> ConditionStatus:
    terms = question.terms
    sentence = f"Recorded by {record.by}: {record.proof.rstrip('.')}."
    fact = FactRef("condition_record", condition_ref(question.asset, terms.id), record.proof)
    return ConditionStatus(terms, ConditionBucket.MET, utc(record.at), sentence, (fact,))
