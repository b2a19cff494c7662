"""Proofs that an award waits for: what the office has seen of a person and no other service tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.errors import Invalid, Refusal
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import WORDS, step

HAD = "yes"
"""What a proof says of which it is enough to have one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was seen, what it says, and the day from which it stands."""

    fact: str
    value: str
    seen_on: date


def check_known(scheme: Scheme, proof: Proof) -> None:
    """Raises Invalid("subsidy.unknown_fact") for what the scheme has no rule `proof.<fact>` of."""
    if scheme.stated(f"proof.{proof.fact}") is None:
        raise Invalid(
            "subsidy.unknown_fact",
            f"Scheme {scheme.code} asks for no such proof; choose one of its rules {scheme.code}.proof.….",
            scheme=scheme.code,
            field="fact",
        )


def decide_proofs(scheme: Scheme, variant: str, proofs: Iterable[Proof], day: date) -> Trace:
    """The rules of the proofs that the variant asks for; of each fact the last one seen by that day counts.

    proofs: in the order of their recording. Raises Refusal "subsidy.proof_missing" or
    "subsidy.proof_not_admitted" with the rule.
    """
    needed = scheme.stated("proofs", variant)
    if needed is None:
        return []
    last: dict[str, Proof] = {}
    for proof in sorted(proofs, key=lambda proof: proof.seen_on):
        if proof.seen_on <= day:
            last[proof.fact] = proof
    trace: Trace = []
    for fact in needed.texts:
        rule = scheme.needed(f"proof.{fact}")
        if (found := last.get(fact)) is None:
            raise Refusal(
                "subsidy.proof_missing",
                f"Scheme {scheme.code} waits for a proof of {fact} ({rule.document}); record it first.",
                scheme=scheme.code,
                rule=needed.key,
            )
        if found.value not in rule.texts:
            raise Refusal(
                "subsidy.proof_not_admitted",
                f"Scheme {scheme.code} does not admit what the proof of {fact} says ({rule.document}).",
                scheme=scheme.code,
                rule=rule.key,
            )
        told = "" if rule.texts == (HAD,) else f"鉴定为{WORDS.get(found.value, found.value)}，"
        trace.append(step(rule, f"{told}{found.seen_on}已核验，符合。"))
    return trace
