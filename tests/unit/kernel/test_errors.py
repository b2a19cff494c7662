"""Refusals carry what a caller needs and nothing else."""

import pytest

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal


def test_a_refusal_carries_code_message_and_facts() -> None:
    refusal = Refusal("registry.unknown_region", "No such region.", region="320500000000", level=2)

    assert refusal.code == "registry.unknown_region"
    assert refusal.message == "No such region."
    assert refusal.facts == {"region": "320500000000", "level": 2}
    assert str(refusal) == "registry.unknown_region: No such region."


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal, "refused"),
        (Invalid, "invalid"),
        (NotFound, "not_found"),
        (Conflict, "conflict"),
        (Forbidden, "forbidden"),
    ],
)
def test_every_kind_of_refusal_is_named(refusal: type[Refusal], kind: str) -> None:
    assert refusal.kind == kind
    assert isinstance(refusal("a.b", "c"), Refusal)
