"""Flags of households that follow from what is registered (一户多残, 以老养残, …), by the rules of a day.

A source may say something else of the same flag; which word counts is a rule as well.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kernel.rule_values import RuleValue
from kernel.rulebook import RuleView
from services.registry.domain.matching import full_years

SOURCE = "registry"
"""What the registry derives has this for its source."""

OF = "household.derived"
"""The rule that lists the flags; the others about them begin with it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A living member of a household who has not moved away.

    grade: of a valid certificate, None without one. employment: answer to that question in the last closed
    round of the survey, None where there is none.
    """

    birth_date: date
    sex: str
    grade: int | None
    employment: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A household on a day. said: flags that hold by the word of sources."""

    members: tuple[Member, ...]
    said: frozenset[str]
    day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a flag follows from the facts, and the rule that decided."""

    holds: bool
    rule: RuleValue


def derived(home: Home, rules: RuleView) -> dict[str, Verdict]:
    """The flags that the rules derive, whether they hold or not."""
    wanted = rules[OF].texts if OF in rules else ()
    return {flag: _TESTS[flag](home, rules) for flag in wanted}


def holding(said: Mapping[str, bool], follows: Iterable[str], rules: RuleView) -> frozenset[str]:
    """The flags that a household has. said: the last word of sources on flags. follows: derived flags.

    Where both differ, a source knows better, but for the flags that household.derived.prevailing lists.
    """
    prevailing = f"{OF}.prevailing"
    certain = rules[prevailing].texts if prevailing in rules else ()
    told = {flag for flag, holds in said.items() if holds}
    return frozenset(told | {flag for flag in follows if flag not in said or flag in certain})


def _multiple_disabled(home: Home, rules: RuleView) -> Verdict:
    """Several certified members."""
    least = rules[f"{OF}.multiple_disabled.min_certified"]
    return Verdict(sum(member.grade is not None for member in home.members) >= least.integer, least)


def _old_carer(home: Home, rules: RuleView) -> Verdict:
    """Somebody in need of care, and every other adult who could give it is old."""
    of = f"{OF}.old_carer"
    old, grades = rules[f"{of}.min_age"], rules[f"{of}.grades"].texts
    adult = rules[f"{of}.adult_age"].integer
    carers = []
    in_need = False
    for member in home.members:
        age = full_years(member.birth_date, home.day)
        if str(member.grade) not in grades:
            carers += [age] if age >= adult else []
        elif age < old.integer:
            in_need = True
    return Verdict(in_need and min(carers, default=0) >= old.integer, old)


def _severe_hardship(home: Home, rules: RuleView) -> Verdict:
    """Somebody severely disabled in a household in hardship."""
    of = f"{OF}.severe_hardship"
    grades = rules[f"{of}.grades"]
    poor = not home.said.isdisjoint(rules[f"{of}.flags"].texts)
    return Verdict(poor and any(str(member.grade) in grades.texts for member in home.members), grades)


def _zero_employment(home: Home, rules: RuleView) -> Verdict:
    """A certified member, and nobody of working age who can work does; not derived where one is unknown."""
    of = f"{OF}.zero_employment"
    unemployed, unable = rules[f"{of}.unemployed"], rules[f"{of}.unable"].texts
    youngest = rules[f"{of}.min_age"].integer
    able = [
        member.employment
        for member in home.members
        if youngest <= full_years(member.birth_date, home.day) <= rules[f"{of}.max_age.{member.sex}"].integer
        and member.employment not in unable
    ]
    certified = any(member.grade is not None for member in home.members)
    return Verdict(certified and bool(able) and set(able).issubset(unemployed.texts), unemployed)


_TESTS: Mapping[str, Callable[[Home, RuleView], Verdict]] = {
    "multiple_disabled": _multiple_disabled,
    "old_carer": _old_carer,
    "severe_hardship": _severe_hardship,
    "zero_employment": _zero_employment,
}
