"""What is wrong with the rule files of the schemes, beyond their form, which kernel.rule_files reads.

Everything is told at once, each mistake as "file:line: what is wrong, what is expected".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from kernel.disability import GRADES, Category
from kernel.money import Money
from kernel.regions import RegionCode
from kernel.rule_values import UNITS, RuleValue
from kernel.rulebook import RuleBook, RuleView
from services.subsidy.domain.amounts import (
    FORMULAS,
    ROUNDINGS,
    actual_cost_capped,
    by_variant,
)
from services.subsidy.domain.changes import FREEZES
from services.subsidy.domain.claim_proof import PROOFS
from services.subsidy.domain.duration import BEGINNINGS, STOPS
from services.subsidy.domain.fit_check import misfits
from services.subsidy.domain.overlaps import OVERLAPS
from services.subsidy.domain.resumption import RESUMPTIONS
from services.subsidy.domain.schemes import (
    CADENCES,
    MARK,
    OFFICE,
    RECORDED,
    SHORTAGES,
    Scheme,
    parted,
    rules_where,
)
from services.subsidy.domain.share_check import share_problems

DIBAO_LINES = ("urban", "rural")
HOUSEHOLD_FLAGS = (
    "dibao",
    "dibao_edge",
    "extreme_poverty",
    "hardship",
    "multiple_disabled",
    "old_carer",
    "poverty_monitored",
    "severe_hardship",
    "zero_employment",
)
"""Those that the registry's contract knows; a test compares."""
_RATE_FAMILY = {"share_of_dibao": "ratio", "actual_cost_capped": "ratio"}
_RATE_UNITS = {
    "month": ("yuan_per_person_month",),
    "quarter": ("yuan_per_person_month",),
    "year": ("yuan_per_person_year", "yuan_per_vehicle_year"),
    "occasion": ("yuan_per_person",),
    "once": ("yuan_per_person",),
    "once_household": ("yuan_per_household",),
}


@dataclass(frozen=True, slots=True)
class _Name:
    """What a rule name of a scheme takes. words: those allowed, empty for any.

    tail: whether "variant" may or "word" must follow the name.
    """

    units: tuple[str, ...]
    words: tuple[str, ...] = ()
    tail: str = ""
    required: bool = False


_MONEY = tuple(unit for unit, family in UNITS.items() if family == "money")
_NAMES: Mapping[str, _Name] = {
    "variants": _Name(("texts",), required=True),
    "cadence": _Name(("text",), tuple(CADENCES), required=True),
    "opened_by": _Name(("text",), required=True),
    "funding": _Name(("texts",), required=True),
    "funding_share": _Name(("ratio", "percent"), tail="word"),
    "shortage": _Name(("text",), SHORTAGES),
    "channel": _Name(("text",), ("card", "institution", RECORDED), required=True),
    "formula": _Name(("text",), tuple(FORMULAS), tail="variant", required=True),
    "rate": _Name((*_MONEY, "ratio", "percent"), tail="variant"),
    "cap": _Name(_MONEY, tail="variant"),
    "rounding": _Name(("text",), ROUNDINGS, tail="variant"),
    "dibao_line": _Name(("text",), DIBAO_LINES, tail="variant"),
    "certificate": _Name(("switch",), tail="variant"),
    "categories": _Name(("texts",), tuple(Category), tail="variant"),
    "grades": _Name(("texts",), tuple(str(grade) for grade in GRADES), tail="variant"),
    "age_min": _Name(("years",), tail="variant"),
    "age_max": _Name(("years",), tail="variant"),
    "years_early": _Name(("count",), tail="variant"),
    "proofs": _Name(("texts",), tail="variant"),
    "proof": _Name(("texts",), tail="word"),
    "flags_any": _Name(("texts",), HOUSEHOLD_FLAGS, tail="variant"),
    "flags_none": _Name(("texts",), HOUSEHOLD_FLAGS, tail="variant"),
    "overlap": _Name(("text",), OVERLAPS, tail="word"),
    "stop": _Name(("text",), STOPS, tail="word"),
    "paid_from": _Name(("text",), BEGINNINGS),
    "freeze": _Name(("text",), FREEZES, tail="word"),
    "regraded_from": _Name(("text",), STOPS),
    "resume": _Name(("text",), RESUMPTIONS, tail="word"),
    "transition_months": _Name(("months",)),
    "back_pay_months": _Name(("months",)),
    "offset_cap": _Name(("ratio", "percent")),
    "offset_from": _Name(("texts",)),
    "review_months": _Name(("months",)),
    "claim_proof": _Name(("text",), PROOFS, tail="variant"),
    "review_overdue": _Name(("text",), STOPS),
    "notice_days": _Name(("working_days",)),
}


def problems(book: RuleBook) -> list[str]:
    """Every mistake in the rules of the schemes, in the order of the keys."""
    keys = book.keys()
    marks = [key for key in keys if parted(key)[0].endswith(MARK)]
    variants: dict[str, set[str]] = {}
    for mark in marks:
        listed = variants.setdefault(parted(mark)[0].removesuffix(MARK), set())
        for value in book.history(mark):
            listed |= {*value.texts} if value.unit == "texts" and value.value is not None else set()
    found = [problem for key in keys for problem in _in_rule(key, book.history(key), variants)]
    if found:
        return found  # what follows reads the values
    on = cache(book.at)
    for mark in marks:
        found += _in_scheme(mark, book.history(mark), on)
    for key in keys:
        found += _in_rate(key, book, on)
        found += misfits(key, book, on, variants)
    for code in variants:
        found += share_problems(code, book, on)
    return found


def _in_rule(key: str, history: tuple[RuleValue, ...], variants: Mapping[str, set[str]]) -> Iterator[str]:
    place = history[0].place
    code, _, rest = parted(key)[0].partition(".")
    if code == "dibao":
        if rest not in {f"line.{line}" for line in DIBAO_LINES} or history[0].unit != "yuan_per_person_month":
            expected = "dibao.line.urban or dibao.line.rural in yuan_per_person_month"
            yield f"{place}: rule {key} in {history[0].unit}, expected {expected}"
        return
    name, _, tail = rest.partition(".")
    if code not in variants:
        if name in _NAMES:
            yield f"{place}: rule {key} is of no scheme, expected a rule {code}{MARK} or another code"
        return  # a rule of something else
    if name not in _NAMES:
        yield f'{place}: unknown name "{name}" in rule {key}, expected one of {", ".join(_NAMES)}'
        return
    takes = _NAMES[name]
    if problem := _in_tail(takes, tail, variants[code]):
        yield f"{place}: rule {key} {problem}"
    if name == "rate" and not tail:
        yield f"{place}: rule {key} names no variant, expected {code}.rate.<variant>"
    if history[0].unit not in takes.units:
        yield f"{place}: rule {key} is in {history[0].unit}, expected {' or '.join(takes.units)}"
        return
    if not history[0].title:
        yield f"{place}: rule {key} has no Chinese name, expected one under zh, as citizens read it"
    yield from _in_words(key, history, takes)


def _in_tail(takes: _Name, tail: str, variants: set[str]) -> str:
    if not takes.tail and tail:
        return f'ends in "{tail}", expected nothing but a division after the name'
    if takes.tail == "word" and not tail:
        return "ends in its name, expected a word after it"
    if takes.tail == "variant" and tail and tail not in variants:
        return f'is of no variant of the scheme, "{tail}", expected one of {", ".join(sorted(variants))}'
    return ""


def _in_words(key: str, history: tuple[RuleValue, ...], takes: _Name) -> Iterator[str]:
    if not takes.words:
        return
    for value in history:
        words = value.value if isinstance(value.value, tuple) else (value.value,) if value.value else ()
        for word in words:
            if word not in takes.words:
                yield f'{value.place}: unknown word "{word}" in rule {key}, expected {", ".join(takes.words)}'


def _in_scheme(mark: str, history: tuple[RuleValue, ...], on: Callable[[date], RuleView]) -> Iterator[str]:
    """What is missing on the days on which one of the scheme's lists of variants begins."""
    code = parted(mark)[0].removesuffix(MARK)
    for value in history:
        if value.value is None:
            continue
        scheme = Scheme(code, rules_where(mark, on(value.valid_from)))
        begins = f"{value.place}: scheme {code} begins on {value.valid_from}"
        for name, takes in _NAMES.items():
            if takes.required and not all(scheme.stated(name, variant) for variant in value.texts):
                yield f"{begins} and has no rule {code}.{name} on that day, expected one"
        for fact in {fact for variant in value.texts for fact in _facts(scheme, variant)}:
            if scheme.stated(f"proof.{fact}") is None:
                yield f"{begins} and has no rule {code}.proof.{fact} on that day, expected one"
        cadence, opened_by = scheme.stated("cadence"), scheme.stated("opened_by")
        if cadence is None or CADENCES[cadence.text] != "month":
            continue
        if scheme.stated("paid_from") is None:
            yield f"{begins}, is paid monthly and has no rule {code}.paid_from on that day, expected one"
        if opened_by is not None and opened_by.text != OFFICE:
            yield f"{begins} and is paid monthly, expected {code}.opened_by to be {OFFICE}"


def _facts(scheme: Scheme, variant: str) -> tuple[str, ...]:
    needed = scheme.stated("proofs", variant)
    return needed.texts if needed else ()


def _in_rate(key: str, book: RuleBook, on: Callable[[date], RuleView]) -> Iterator[str]:
    """Rates that do not fit the formula or the cadence of their day, in their division or in the office."""
    code, _, rest = parted(key)[0].partition(".")
    variant = rest.removeprefix("rate.")
    if variant == rest:
        return
    for value in book.history(key):
        rules = rules_where(key, on(value.valid_from))
        if key == parted(key)[0] and book.office is not None and book.office.isdecimal():
            there = rules.within(RegionCode.parse(book.office))
            rules = there if key in there and there[key] is value else rules
        scheme = Scheme(code, rules)
        formula, cadence = scheme.stated("formula", variant), scheme.stated("cadence")
        if formula is None or cadence is None:
            continue
        takes = f"{value.place}: rule {key} is in {value.unit}, expected"
        if UNITS[value.unit] != _RATE_FAMILY.get(formula.text, "money"):
            yield f"{takes} what the formula {formula.text} takes"
        elif FORMULAS[formula.text] is by_variant and value.unit not in _RATE_UNITS[cadence.text]:
            yield f"{takes} {' or '.join(_RATE_UNITS[cadence.text])}, for it is paid by the {cadence.text}"
        elif value.value is not None and UNITS[value.unit] == "money" and value.money <= Money.ZERO:
            yield f"{value.place}: rule {key} is not above zero, expected an amount, or null to end it"
        if FORMULAS[formula.text] is actual_cost_capped and scheme.stated("cap", variant) is None:
            yield f"{value.place}: rule {key} bears a cost without a limit, expected {code}.cap on that day"
