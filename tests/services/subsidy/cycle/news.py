"""Grants, and what the registry tells of people: late, but each person's news in their order."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.services.subsidy import factories
from tests.services.subsidy.cycle.base import STREETS, Base, ago, few
from tests.services.subsidy.cycle.law import PAID_GRADES, Life
from tests.services.subsidy.monthly import DISTRICT
from tests.support import registry_events
from tests.support.registry_events import identifier


class News(Base):
    """Rules about people."""

    @rule(which=few, back=st.sampled_from([0, 0, 1]))
    def grant(self, which: int, back: int) -> None:
        if (life := self.someone(which)) is None:
            return
        applied_on = self.office.today.replace(day=1) - timedelta(days=back)
        told: dict[str, Any] = {"ref": self.ref(), "scheme": "nursing", "variant": f"grade_{life.grade}"}
        told |= {"period": f"{applied_on:%Y-%m}", "applied_on": applied_on, "granted_on": self.office.today}
        may = self.law.may_begin(life.number, applied_on.month, self.office.today)
        # One that ended before it began keeps its month, for ever: a limit of ours, of which no law speaks.
        kin = {identifier(each.number) for each in self.law.kin(life.number)}
        begun = {row.period for row in self.books().awards if row.person_id in kin}
        may = may and f"{applied_on:%Y-%m}" not in begun
        told_back = self.office.bulk("grant_awards", factories.award(life.number, **told))
        assert (told_back == "created") == may, told_back
        if may:
            self.law.begin(life.number, applied_on.month, self.office.today)

    @rule(which=few, days_ago=ago)
    def die(self, which: int, days_ago: int) -> None:
        """May be known late, after other news."""
        if life := self.someone(which):
            day = self.office.today - timedelta(days=days_ago)
            self.tell("cancelled", life, day, reason="death")
            self.law.lose(life.number, day.month)
            life.gone = True

    @rule(which=few, days_ago=ago)
    def leave(self, which: int, days_ago: int) -> None:
        if life := self.someone(which, lambda life: life.certified):
            day = self.day(life, days_ago)
            self.tell("moved_out", life, day)
            self.law.lose(life.number, day.month)
            life.gone = True

    @rule(which=few, days_ago=ago)
    def move(self, which: int, days_ago: int) -> None:
        """To another street; the award stays where it counts."""
        if life := self.someone(which, self._valid):
            self.tell("moved_in", life, self.day(life, days_ago), region=STREETS[1])

    @rule(which=few, days_ago=ago)
    def withdraw(self, which: int, days_ago: int) -> None:
        if life := self.someone(which, lambda life: life.certified):
            day = self.day(life, days_ago)
            self.tell("cancelled", life, day, reason="withdrawn")
            self.law.lose(life.number, day.month)

    @rule(which=few, days_ago=ago, grade=st.integers(1, 3))
    def certify(self, which: int, days_ago: int, grade: int) -> None:
        """Brings nothing back; it has to be granted anew."""
        if life := self.someone(which, lambda life: not life.certified):
            day = self.day(life, days_ago)
            with self.law.told(life.number, day):
                life.expires, life.grade, life.certified = date(2033, 1, 1), grade, True
            self.tell("certified", life, day)

    @rule(which=few, days_ago=ago)
    def renew(self, which: int, days_ago: int) -> None:
        if life := self.someone(which, lambda life: life.certified and not life.frozen):
            day = self.day(life, days_ago)
            with self.law.told(life.number, day):
                life.expires = date(2036, 1, 1)
            self.tell("renewed", life, day)

    @rule(which=few, days_ago=ago, holds=st.booleans())
    def freeze(self, which: int, days_ago: int, holds: bool) -> None:
        if life := self.someone(which, self._valid):
            day = self.day(life, days_ago)
            self.tell("frozen", life, day, reason="not_moved" if holds else "under_review")
            self.law.freeze(life.number, day.month, holds=holds)

    @rule(which=few, days_ago=ago)
    def thaw(self, which: int, days_ago: int) -> None:
        if life := self.someone(which, lambda life: life.frozen):
            self.thawed(life, self.day(life, days_ago))

    @rule(which=few, days_ago=ago, grade=st.sampled_from([1, 1, 2, 2, 3]))
    def regrade(self, which: int, days_ago: int, grade: int) -> None:
        if life := self.someone(which, lambda life: self._valid(life) and life.grade != grade):
            day = self.day(life, days_ago)
            before = {"previous_category": "physical", "previous_grade": life.grade}
            self.tell("changed", life, day, **before | {"grade": grade})
            with self.law.told(life.number, day):
                self.law.regrade(life.number, grade, day.month)

    @rule(which=few, days_ago=ago)
    def provide(self, which: int, days_ago: int) -> None:
        """The state keeps the household, or does so no longer."""
        if life := self.someone(which):
            day = self.day(life, days_ago)
            self.flag(life, day, *([] if life.provided else ["extreme_poverty"]))
            if life.provided:
                with self.law.told(life.number, day):
                    life.provided = False
            else:
                self.law.provide(life.number, day.month)

    @rule(which=few, kept=few, days_ago=ago)
    def merge(self, which: int, kept: int, days_ago: int) -> None:
        """Two records are of one person; that which is not kept loses its certificate first."""
        head = self.someone(
            kept, lambda life: self._valid(life) and not life.provided and life.grade in PAID_GRADES
        )
        alone = lambda life: life is not head and len(self.law.kin(life.number)) == 1  # noqa: E731
        if head is None or (life := self.someone(which, alone)) is None:
            return
        head.day = life.day = max(head.day, life.day)
        day = head.day = self.day(life, days_ago)
        if life.certified:
            self.tell("cancelled", life, day, reason="withdrawn")
            self.law.lose(life.number, day.month)
        self.office.tell(registry_events.merged(life.number, head.number, region=DISTRICT, merged_on=day))
        with self.law.told(head.number, day):
            self.law.merge(life.number, head.number, day.month)

    @rule(days_ago=ago)
    def unmerge(self, days_ago: int) -> None:
        for life in self.law.lives.values():
            if life.head is not None:
                head = self.law.lives[life.head]
                life.day = max(head.day, life.day)
                day = head.day = self.day(life, days_ago)
                told = registry_events.unmerged(life.number, life.head, region=DISTRICT, unmerged_on=day)
                self.office.tell(told)
                life.head = None
                return

    def _valid(self, life: Life) -> bool:
        return life.certified and not life.frozen and self.office.today <= life.expires
