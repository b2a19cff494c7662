"""What a claim proves by a number: the vehicle that fuel is paid for, the admission of a student."""

from kernel.errors import Invalid
from services.subsidy.domain.schemes import Scheme

PROOFS = ("vehicle", "admission")
"""Words of the rule `<scheme>.claim_proof`."""


def normal_proof(text: str) -> str:
    """The number as it is compared: capitals, no spaces or hyphens, which people write as they like."""
    return "".join(sign for sign in text.upper() if not sign.isspace() and sign != "-")


def check_proof(scheme: Scheme, variant: str, *, given: bool) -> None:
    """Whether a number was given where the scheme's rule asks for one, and nowhere else.

    Raises Invalid("subsidy.proof_needed") or Invalid("subsidy.proof_not_asked").
    """
    asked = scheme.stated("claim_proof", variant)
    if asked is not None and not given:
        raise Invalid(
            "subsidy.proof_needed",
            f"Scheme {scheme.code} asks for the number of the {asked.text} ({asked.document}); state it.",
            scheme=scheme.code,
            rule=asked.key,
            field="proof",
        )
    if asked is None and given:
        raise Invalid(
            "subsidy.proof_not_asked",
            f"Scheme {scheme.code} asks for no number of what proves a claim; leave it out.",
            scheme=scheme.code,
            field="proof",
        )
