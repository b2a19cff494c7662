"""Rules that an office states beside those of the rule files."""

from datetime import date

from kernel.rule_values import RuleValue
from kernel.rulebook import RuleBook
from tests.support.platform import Harness

Told = str | tuple[str, ...] | None


def state(subsidy: Harness, unit: str, since: str = "2016-01-01", /, **rules: Told) -> None:
    """From now on the rule files say so too; None ends a rule. Two underscores stand for a dot in a key."""
    book, day = subsidy.runtime.rules, date.fromisoformat(since)
    values = {each: book.history(each) for each in book.keys()}  # noqa: SIM118 - no dict
    for name, value in rules.items():
        key = name.replace("__", ".")
        new = RuleValue(key, value, unit, day, day, "粤财社〔2026〕8号", title="本地规定")
        kept = [each for each in values.get(key, ()) if each.valid_from != day]
        values[key] = tuple(sorted((*kept, new), key=lambda each: each.valid_from))
    subsidy.runtime.rules = RuleBook(values, book.office)
