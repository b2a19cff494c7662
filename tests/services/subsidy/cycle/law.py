"""Who is due what of the nursing subsidy, written down from the rules' texts and not from our code.

Months of 2026 are whole numbers. The texts: paid from the month of hand-in (国发〔2015〕52号); a death, a
move and a lost certificate end it with their month; a household that the state keeps, with the month before;
a new grade is paid from its own month; a certificate that did not follow the hukou holds the months after;
one that had expired, renewed, is paid from the month of its renewal, and no other end is taken back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

NO_END = 13
"""Later than any month."""
PAID_GRADES = (1, 2)
EXPIRED = "expired"


@dataclass
class Span:
    """Months for which something was granted, both ends paid. reason: why it ended."""

    first: int
    granted_on: date
    last: int = NO_END
    reason: str = ""


@dataclass
class Life:
    """A record of a person, as true as the registry has told it.

    grades: those that a month may be paid by; more than one only of a person who was registered twice, when
    the records tell different ones. held_from: the first month that waits. day: of the last news, which come
    in their order.
    """

    number: int
    expires: date
    day: date
    grade: int = 2
    certified: bool = True
    frozen: bool = False
    provided: bool = False
    gone: bool = False
    head: int | None = None
    held_from: int | None = None
    spans: list[Span] = field(default_factory=list)
    grades: dict[int, set[int]] = field(default_factory=dict)

    def granted(self, month: int) -> bool:
        """Whether something was granted for the month, and has not ended."""
        return any(span.first <= month <= span.last for span in self.spans)

    def waits(self, month: int) -> bool:
        """Whether the month is not paid before the end of a freeze."""
        return self.held_from is not None and self.held_from <= month

    def end(self, last: int, reason: str) -> None:
        """Nothing after that month; what waits then is lost."""
        last = last if self.held_from is None else min(last, self.held_from - 1)
        for span in self.spans:
            if last < span.last:
                span.last, span.reason = last, reason

    def entitled(self, day: date) -> bool:
        """Whether all that the scheme asks for is the case."""
        valid = self.certified and not self.frozen and day <= self.expires
        return valid and not self.provided and self.grade in PAID_GRADES

    def begin(self, span: Span, grade: int) -> None:
        self.spans.append(span)
        self.held_from = None
        self.grades |= {month: {grade} for month in range(span.first, NO_END)}

    def hold(self, first: int) -> None:
        if self.held_from is None and any(span.last >= first for span in self.spans):
            self.held_from = first


@dataclass
class Law:
    """All records, and the rates: of each grade, fen by the month since which they hold."""

    lives: dict[int, Life] = field(default_factory=dict)
    rates: dict[int, dict[int, int]] = field(default_factory=dict)

    def rate(self, grade: int, month: int) -> int:
        """Fen of a month."""
        return self.rates[grade][max(since for since in self.rates[grade] if since <= month)]

    def kin(self, number: int) -> list[Life]:
        """All records of the person."""
        head = self.lives[number].head or number
        return [life for life in self.lives.values() if head in {life.number, life.head}]

    def due(self, number: int, month: int) -> set[int] | None:
        """What the person may be paid of a month in all, in fen; None while the month waits."""
        granted = [life for life in self.kin(number) if life.granted(month)]
        if any(life.waits(month) for life in granted):
            return None
        grades = {grade for life in granted for grade in life.grades[month]}
        return {self.rate(grade, month) for grade in grades} or {0}

    def may_begin(self, number: int, first: int, today: date) -> bool:
        """Whether the subsidy may be granted to a person from that month on."""
        over = all(span.last < first for kin in self.kin(number) for span in kin.spans)
        return over and self.lives[number].entitled(today)

    @contextmanager
    def told(self, number: int, day: date) -> Iterator[None]:
        """News of a person while they change the facts: what ended by expiry goes on if they mend it."""
        before = {life.number: replace(self.lives[life.head or life.number]) for life in self.lives.values()}
        yield
        ended = [
            (span.last, span.granted_on, life.number, span)
            for life in self.kin(number)
            for span in life.spans
        ]
        if not ended:
            return
        last, granted_on, whose, span = max(ended, key=lambda each: each[:2])
        head = self.lives[self.lives[number].head or number]
        if last == NO_END or span.reason != EXPIRED:
            return
        judged_on = max(day, granted_on, date(2026, last + 1, 1))
        if head.entitled(judged_on) and not before[whose].entitled(judged_on):
            self.lives[whose].begin(Span(max(day.month, last + 1), day), head.grade)

    # What happens --------------------------------------------------------------------------------

    def begin(self, number: int, first: int, today: date) -> None:
        life = self.lives[number]
        life.begin(Span(first, today), life.grade)

    def end(self, number: int, last: int, reason: str = "") -> None:
        """For all records of the person."""
        for life in self.kin(number):
            life.end(last, reason)

    def regrade(self, number: int, grade: int, month: int) -> None:
        self.lives[number].grade = grade
        if grade not in PAID_GRADES:
            self.end(number, month)
            return
        for life in self.kin(number):
            for each in range(month, NO_END):
                before = life.grades.get(each, set()) if life.head else set()
                life.grades[each] = before | {grade}

    def freeze(self, number: int, month: int, *, holds: bool) -> None:
        self.lives[number].frozen = True
        for life in self.kin(number) if holds else ():
            life.hold(month + 1)

    def thaw(self, number: int) -> None:
        self.lives[number].frozen = False
        for life in self.kin(number):
            life.held_from = None

    def provide(self, number: int, month: int) -> None:
        self.lives[number].provided = True
        self.end(number, month - 1)

    def lose(self, number: int, month: int) -> None:
        """The certificate is none any more."""
        life = self.lives[number]
        life.certified = life.frozen = False
        self.end(number, month)

    def merge(self, number: int, head: int, month: int) -> None:
        """From now on both are judged by the one that is kept."""
        self.lives[number].head = head
        kept = self.lives[head]
        if kept.grade in PAID_GRADES and kept.certified:
            self.regrade(head, kept.grade, month)

    def look(self, today: date) -> None:
        """Certificates whose last day has passed."""
        for life in self.lives.values():
            if life.certified and life.expires < today:
                self.end(life.number, life.expires.month, EXPIRED)
