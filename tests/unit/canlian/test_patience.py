"""A load waits for services that are away, and for nothing else."""

from typing import Any

import pytest

from canlian.calling import CallRefused, CallUnavailable, Identity, clerk
from canlian.load.patience import Patient


class Failing:
    """Raises what it is given, one at each call, and answers afterwards."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    def call(self, _service: str, _method: str, _fields: dict[str, Any], _who: Identity) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        return {"answered": True}


def ask(caller: Failing, seconds: float) -> dict[str, Any]:
    return Patient(caller, seconds).call("registry", "show_status", {}, clerk("maker"))


def test_a_service_or_its_database_that_is_away_for_a_moment_is_asked_again() -> None:
    caller = Failing(CallUnavailable("no answer"), CallUnavailable("the database is away"))
    assert ask(caller, seconds=60) == {"answered": True}


@pytest.mark.parametrize("code", ["rehab.unknown_person", "internal_error"])
def test_a_refusal_by_a_rule_and_a_fault_are_not_asked_again(code: str) -> None:
    caller = Failing(CallRefused(code, "No."), CallUnavailable("never reached"))
    with pytest.raises(CallRefused, match=code):
        ask(caller, seconds=60)
    assert len(caller.errors) == 1


def test_a_service_that_stays_away_ends_the_load() -> None:
    with pytest.raises(CallUnavailable):
        ask(Failing(CallUnavailable("no answer")), seconds=0)
