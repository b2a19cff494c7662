"""Flags of households (家庭标识): set, confirmed and lifted by what sources say, in the order of days."""

from datetime import date

from kernel.errors import Conflict, Invalid
from kernel.rulebook import RuleView


def check_saying(source: str, told_on: date, last_on: date, rules: RuleView) -> None:
    """Whether a source's word may be recorded. last_on: day of the last word about this flag of this
    household, or of its registration.

    Raises Invalid("registry.unknown_flag_source") or Conflict("registry.act_out_of_order").
    """
    if source not in rules["household.flag_sources"].texts:
        raise Invalid(
            "registry.unknown_flag_source",
            "The rules know no such source on that day; choose one that household.flag_sources lists.",
            field="source",
        )
    if told_on < last_on:
        raise Conflict(
            "registry.act_out_of_order",
            f"Something of {last_on} is recorded of this flag already; record in the order of days.",
            field="told_on",
        )
