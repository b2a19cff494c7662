"""Whatever a bank's HTTP service does, it is told to pay everybody once, and what it answered is booked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from canlian.bank.carrying import Carried, Carrier
from canlian.bank.channel import Channel
from canlian.calling import CallRefused, Identity, clerk
from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.bank_tables import bank_answers
from services.subsidy.handlers import bank_files
from tests.services.subsidy import factories
from tests.services.subsidy.steps import approve, events, find, freeze, give_accounts, held, instruct
from tests.support.bank import Bank
from tests.support.http_bank import FAULTS, TOKEN, HttpBank, serving
from tests.support.platform import Harness
from tests.support.registry_events import identifier

PERSONS = 8
LOOKS = 60

pytestmark = pytest.mark.system("SUB-12")


class Direct:
    """Calls the service under test as the command line would."""

    def __init__(self, subsidy: Harness) -> None:
        self._subsidy = subsidy

    def call(self, _service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        try:
            return self._subsidy.call(method, fields, self._subsidy.caller(*who.roles, subject=who.subject))
        except Refused as refused:
            raise CallRefused(refused.code, refused.message) from None


class Clock:
    """Time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def connected(subsidy: Harness, bank: HttpBank, said: list[str]) -> Iterator[tuple[Carrier, Clock]]:
    """A connector to the bank."""
    clock = Clock()
    channel = Channel(bank.url, TOKEN, answer_seconds=0.3, sleep=clock.sleep, clock=clock)
    with channel:
        yield Carrier(Direct(subsidy), clerk("maker"), channel, said.append), clock


@pytest.fixture
def run(subsidy: Harness, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A run of eight in batches of three that the bank is to be told of."""
    monkeypatch.setitem(bank_files._LAYOUTS, "plain", replace(bank_files.layout("plain"), lines=3))
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in range(1, PERSONS + 1)])
    approved = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)
    return instruct(subsidy, approved)


def refusing(*numbers: int) -> Bank:
    """A bank that returns what is for these persons."""
    return Bank({factories.account_number(identifier(number)): "A2" for number in numbers})


def check(subsidy: Harness, run: dict[str, Any], bank: HttpBank, returned: set[int]) -> None:
    """Everybody was paid once or is held up, and the bank says the same."""
    made = Counter(event.person_id for event in events(subsidy, messages.PaymentMade))
    assert made == {identifier(n): 1 for n in range(1, PERSONS + 1) if n not in returned}
    assert {each["person_id"] for each in held(subsidy)} == {identifier(n) for n in returned}
    assert sum(bank.bank.paid.values()) == sum(row.amount_fen for row in subsidy.rows(tables.payments))
    paid = {row.instruction_id for row in subsidy.rows(bank_answers) if row.paid}
    assert paid == bank.bank.paid.keys()
    assert find(subsidy, run["run_id"])["paid_lines"] == PERSONS - len(returned)
    for key in bank.keys:
        assert bank.keys[key].startswith(key)


def unanswered(found: list[Carried]) -> list[Carried]:
    return [batch for batch in found if batch.answered < batch.lines]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_bank_does_everybody_is_paid_once_or_held_up(
    subsidy: Harness, run: dict[str, Any], seed: int
) -> None:
    said: list[str] = []
    random = Random(seed)  # noqa: S311 - to repeat a failure
    returned = set(random.sample(range(1, PERSONS + 1), 2))
    service = HttpBank(random, FAULTS, refusing(*returned))
    with serving(service) as bank, connected(subsidy, bank, said) as (carrier, clock):
        problems: list[str] = []
        for _ in range(LOOKS):
            found = carrier.look(run["run_id"])
            problems += [batch.problem for batch in found if batch.problem]
            if not unanswered(found):
                break
            clock.sleep(40)
            random.shuffle(bank.receipts.get(found[0].batch_id, []))

        assert unanswered(carrier.look(run["run_id"])) == []
    check(subsidy, run, bank, returned)
    for number in range(1, PERSONS + 1):
        assert factories.account_number(identifier(number)) not in "".join(said + problems)
    assert "王小明" not in "".join(said + problems)
    assert {fault for _, _, fault in bank.calls} > {""}


@pytest.mark.parametrize("fault", ["late error", "late cut", "slow"])
def test_a_bank_that_fails_after_it_accepted_is_not_told_anew(
    subsidy: Harness, run: dict[str, Any], fault: str
) -> None:
    bank = HttpBank(faults=(fault,))
    bank.fault = lambda: fault if bank.calls[1:] and len(bank.calls) % 2 else ""  # type: ignore[method-assign]
    with serving(bank), connected(subsidy, bank, []) as (carrier, _):
        while unanswered(carrier.look(run["run_id"])):
            pass

    puts = [path for method, path, _ in bank.calls if method == "PUT"]
    assert len(puts) > len(set(puts)) == len(bank.keys)
    check(subsidy, run, bank, set())


def test_a_bank_that_has_another_file_of_the_batch_stops_that_batch_alone(
    subsidy: Harness, run: dict[str, Any]
) -> None:
    with serving(HttpBank()) as bank, connected(subsidy, bank, []) as (carrier, _):
        known = bank.receipt
        first: list[str] = []

        def forgetful(batch: str, number: int, fault: str) -> tuple[int, bytes]:
            first[:] = first or [batch]
            bank.keys.setdefault(first[0], "another file")
            return known(batch, number, fault)

        bank.receipt = forgetful  # type: ignore[method-assign]
        carrier.look(run["run_id"])
        found = carrier.look(run["run_id"])

    assert ["bank.batch_differs" in (batch.problem or "") for batch in found] == [True, False, False]
    assert [batch.answered for batch in found] == [0, 3, 2]


def test_a_bank_that_forgot_what_it_had_answered_is_not_told_again(
    subsidy: Harness, run: dict[str, Any]
) -> None:
    with serving(HttpBank()) as bank, connected(subsidy, bank, []) as (carrier, _):
        carrier.look(run["run_id"])
        held_back = {batch: receipts.pop() for batch, receipts in bank.receipts.items() if len(receipts) > 1}
        assert held_back
        carrier.look(run["run_id"])
        bank.receipts.clear()
        before = len(bank.calls)
        found = carrier.look(run["run_id"])

    assert {"bank.batch_lost" in (batch.problem or "") for batch in unanswered(found)} == {True}
    assert [method for method, _, _ in bank.calls[before:]] == ["GET"] * len(held_back)


def test_a_token_that_the_bank_does_not_know_sends_nothing(subsidy: Harness, run: dict[str, Any]) -> None:
    with serving(HttpBank()) as bank, Channel(bank.url, "stranger") as channel:
        found = Carrier(Direct(subsidy), clerk("maker"), channel, lambda _: None).look(run["run_id"])

    assert {batch.problem for batch in found} == {
        batch.problem for batch in found if "HTTP 401" in str(batch.problem)
    }
    assert bank.keys == {}
