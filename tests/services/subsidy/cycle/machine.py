"""The machine itself: how it begins, time, death and repetition, and how everything is brought to its end."""

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from chassis.rpc import Refused
from tests.services.subsidy import factories
from tests.services.subsidy.cycle.base import PEOPLE, STREETS
from tests.services.subsidy.cycle.ending import finish
from tests.services.subsidy.cycle.law import Life
from tests.services.subsidy.cycle.money import RATES, Money
from tests.services.subsidy.cycle.news import News
from tests.support import registry_events
from tests.support.registry_events import identifier

LAST_DAY = date(2026, 10, 20)


class Cycle(News, Money):
    """Rules about people and about money, time, and processes that die."""

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else the machine has failed already
                self.office.left = 0
                finish(self)
        finally:
            self.office.close()

    @initialize(accounts=st.integers(1, 4), late=st.booleans(), months=st.integers(0, 4))
    def begin(self, accounts: int, late: bool, months: int) -> None:
        """Some months have gone by already."""
        for grade, fen in ((1, RATES[1]), (2, RATES[0])):
            self.law.rates[grade] = {1: fen}
            self.new_rate(grade, 1, fen)
        for number in PEOPLE:
            expires = date(2026, 6, 17) if late and number == 2 else date(2030, 5, 17)
            life = self.law.lives[number] = Life(number, expires, date(2026, 1, 5))
            region = STREETS[number % 2]
            self.office.tell(
                registry_events.household(number, region=region),
                registry_events.registered(number, region=region, household_id=identifier(number)),
                factories.certified(number, region=region, expires_on=life.expires),
            )
            if number <= accounts:
                self.account(number - 1)
        for number in PEOPLE[:3]:
            self.grant(number - 1, 1)
        for _ in range(months):
            self.pay(0, 0)
            self.wait(31)

    @rule(days=st.sampled_from([1, 3, 11, 31, 31, 62]))
    def wait(self, days: int) -> None:
        if self.office.today + timedelta(days=days) <= LAST_DAY:
            self.office.wait(days)
            self.look()

    @rule(returned=st.integers(0, 255))
    def month_goes_by(self, returned: int) -> None:
        self.pay(0, returned)
        self.wait(31)

    @rule(left=st.integers(1, 60))
    def doom(self, left: int) -> None:
        """The process is to die before its n-th statement from now, or after a commit that comes then."""
        self.office.left = left

    @rule(fresh=st.booleans())
    def click_again(self, fresh: bool) -> None:
        """The last command once more, under its key or another one: nothing changes."""
        call = self.office.last_call
        if call is None or (fresh and "items" not in call.fields):
            return
        before = self.books()
        fields = {
            name: value for name, value in call.fields.items() if name != "idempotency_key" or not fresh
        }
        with suppress(Refused):
            self.office.send(replace(call, fields={"idempotency_key": self.ref()} | fields))
        assert self.books() == before

    @rule()
    def hear_again(self) -> None:
        """The last news once more."""
        if self.office.last_batch:
            before = self.books()
            assert self.office.deliver_news() == 0
            assert self.books() == before
