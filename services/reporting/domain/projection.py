"""From an event to facts: pure, so that a rebuild from the logs gives the same facts as following did."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from kernel.money import Money
from services.reporting.domain.catalogue import Catalogue, Feed, Indicator, dimensions_text


@dataclass(frozen=True, slots=True)
class Fact:
    """What one event adds to one indicator. value: a count, or fen; negative for what is taken off."""

    indicator: str
    dims: str
    day: date
    subject: str
    sign: int
    value: int


def facts_of(catalogue: Catalogue, event_type: str, event: object) -> list[Fact]:
    """The facts of one event, at most one for each indicator, dimensions and sign.

    Amounts that fall on the same key (two shares of one source) are added up; a count stays one.
    Raises Invalid("money.malformed").
    """
    facts: dict[tuple[str, str, int], Fact] = {}
    for indicator, feed in catalogue.feeds(event_type):
        if all(str(getattr(event, name)) in values for name, values in feed.where.items()):
            for fact in _facts(indicator, feed, event):
                key = (fact.indicator, fact.dims, fact.sign)
                if key not in facts:
                    facts[key] = fact
                elif feed.amount is not None:
                    facts[key] = replace(fact, value=fact.value + facts[key].value)
    return list(facts.values())


def _facts(indicator: Indicator, feed: Feed, event: object) -> Iterator[Fact]:
    day: date = getattr(event, feed.day)
    subject = getattr(event, feed.subject)
    if subject is None:
        return  # nobody knows which one it was
    for part in (None,) if feed.each is None else getattr(event, feed.each):
        dimensions = {key: source.read(event, part) for key, source in feed.dimensions.items()}
        amount = feed.sign * _amount(indicator, feed, event, part)
        yield Fact(indicator.code, dimensions_text(dimensions), day, str(subject), feed.sign, amount)


def _amount(indicator: Indicator, feed: Feed, event: object, part: object | None) -> int:
    if feed.amount is None:
        return 1
    text = feed.amount.read(event, part)
    return Money.yuan(text).fen if indicator.measure == "money" else int(text)
