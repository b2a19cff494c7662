"""The office that the machine drives: hands, a bank, the clock, and a process that may die anywhere."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import sqlalchemy as sa
import time_machine

from chassis.rpc import Refused
from contracts.message import Event
from tests.services.subsidy.monthly import DISTRICT
from tests.services.subsidy.steps import codes
from tests.services.subsidy.test_restart import Killed
from tests.support.bank import Bank
from tests.support.platform import Harness

T = TypeVar("T")
FIRST_DAY = date(2026, 3, 20)


@dataclass
class Call:
    """A command as it was sent."""

    method: str
    fields: dict[str, Any]
    caller: str


@dataclass
class Office:
    """open: starts the service anew on its database. left: statements and commits until the process dies,
    0 for never. receipts: what the bank wrote, delivered or not; answered: the instructions in them.
    """

    open: Callable[[], Harness]
    today: date = FIRST_DAY
    left: int = 0
    mortal: bool = False
    deaths: int = 0
    bank: Bank = field(default_factory=Bank)
    receipts: list[bytes] = field(default_factory=list)
    delivered: set[bytes] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    last_call: Call | None = None
    last_batch: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._travel = time_machine.travel(_noon(self.today))
        self._clock = self._travel.start()
        self.subsidy = self._armed(self.open())

    def close(self) -> None:
        self._travel.stop()
        self.subsidy.close()

    def wait(self, days: int) -> None:
        """Let days pass; tokens do not outlive them."""
        self.today += timedelta(days=days)
        self._clock.move_to(_noon(self.today))
        self.subsidy._tokens._tokens.clear()

    # The process ---------------------------------------------------------------------------------

    def surviving(self, act: Callable[[Harness], T]) -> T:
        """Do it, and when the process dies in it, once more in the next one."""
        while True:
            try:
                return self._mortal(act)
            except Killed:
                self.revive()

    def _mortal(self, act: Callable[[Harness], T]) -> T:
        self.mortal = True
        try:
            return act(self.subsidy)
        finally:
            self.mortal = False

    def revive(self) -> None:
        """The next process, on the rules as they are now."""
        rules = self.subsidy.runtime.rules
        self.subsidy.close()
        self.deaths += 1
        self.subsidy = self._armed(self.open())
        self.subsidy.runtime.rules = rules

    def _armed(self, subsidy: Harness) -> Harness:
        database = subsidy.runtime.database
        sa.event.listen(database.engine, "before_cursor_execute", self._pass)
        write = database.write

        @contextmanager
        def deadly() -> Iterator[sa.Connection]:
            with write() as connection:
                yield connection
            self._pass()  # it is committed, and nobody hears of it

        database.write = deadly  # type: ignore[method-assign]
        return subsidy

    def _pass(self, *_: object) -> None:
        if self.mortal and self.left:
            self.left -= 1
            if not self.left:
                raise Killed

    # Hands ---------------------------------------------------------------------------------------

    def call(self, method: str, fields: dict[str, Any], caller: str) -> dict[str, Any]:
        """Send a command until it is answered, under one key."""
        self.last_call = Call(method, {"idempotency_key": uuid4().hex} | fields, caller)
        return self.send(self.last_call)

    def send(self, call: Call) -> dict[str, Any]:
        try:
            return self.surviving(
                lambda subsidy: subsidy.call(call.method, call.fields, self.token(subsidy, call.caller))
            )
        except Refused as refused:
            if refused.kind == "fault":
                raise AssertionError("a command failed") from refused
            raise

    def token(self, subsidy: Harness, name: str) -> str:
        """Of somebody of the district: role, or role and name."""
        role, _, _ = name.partition("-")
        return subsidy.caller(role, subject=name, region=DISTRICT)

    def bulk(self, method: str, item: dict[str, Any], caller: str = "clerk") -> str:
        """Send one record; tells its outcome, or the code of its rejection."""
        deaths = self.deaths
        [outcome] = codes(self.call(method, {"items": [item]}, caller)["outcomes"])
        return self._heard(outcome, deaths)

    def _heard(self, outcome: str, deaths: int) -> str:
        """Whoever died after the commit did it, though it is unchanged for who asks again."""
        return "created" if outcome == "unchanged" and self.deaths > deaths else outcome

    def ask(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A query; nobody dies of it."""
        return self.subsidy.call(method, fields, self.token(self.subsidy, "auditor"))

    def tell(self, *events: Event) -> None:
        """The registry's news, taken once however often they come."""
        follower = self.subsidy.follower("registry")
        position = follower.position()
        self.last_batch = [
            self.subsidy.received("registry", event, position + n) for n, event in enumerate(events, start=1)
        ]
        self.deliver_news()

    def deliver_news(self) -> int:
        """Deliver the last news, maybe again; tells how many were new."""
        return self.surviving(lambda subsidy: subsidy.follower("registry").apply(self.last_batch))

    def fetch(self, batch_id: str) -> bytes:
        call = Call("fetch_bank_file", {"batch_id": batch_id}, "maker")
        return base64.b64decode(self.send(call)["content"])

    def write(self, file: bytes, places: set[int]) -> None:
        """The bank answers some lines of a file, today."""
        self.receipts.append(self.bank.answer(file, places, f"{self.today:%Y%m%d}"))
        self.answered |= {line[2] for line in Bank.read(file)[1] if int(line[1]) in places}

    def receive(self, receipt: bytes) -> str:
        """Bring a receipt in; tells the outcome: that of a new one when it was never taken before."""
        deaths, known = self.deaths, receipt in self.delivered
        fields = {"content": base64.b64encode(receipt).decode()}
        outcome: str = self.call("record_bank_receipt", fields, "maker")["outcome"]
        self.delivered.add(receipt)
        return outcome if known else self._heard(outcome, deaths)

    def work(self) -> None:
        """The jobs; when the process dies in them, the rest is left to whoever works next."""
        try:
            self._mortal(Harness.run_jobs)
        except Killed:
            self.revive()

    def work_to_the_end(self) -> None:
        self.surviving(Harness.run_jobs)

    def start_daily(self, kind: str) -> None:
        def start(subsidy: Harness) -> None:
            with subsidy.runtime.transaction(subsidy.runtime.system()) as tx:
                tx.start_job(kind, key=self.today.isoformat(), payload={})

        self.surviving(start)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)
