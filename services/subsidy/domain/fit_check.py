"""Whether rules that are right by themselves fit those beside them: formula, cadence, and two schemes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from kernel.periods import Period
from kernel.rulebook import RuleBook, RuleView
from services.subsidy.domain.amounts import FORMULAS, NEEDING_BASIS
from services.subsidy.domain.schemes import MARK, OFFICE, QUARTER, Scheme, parted, rules_where


def misfits(
    key: str, book: RuleBook, on: Callable[[date], RuleView], schemes: Mapping[str, set[str]]
) -> Iterator[str]:
    """Every mistake of a rule beside others. on: the rules in force on a day. schemes: variants of each."""
    yield from _in_formula(key, book, on)
    yield from _in_pair(key, book, schemes)
    yield from _in_cadence(key, book, on)
    yield from _in_offset(key, book, schemes)


def _in_formula(key: str, book: RuleBook, on: Callable[[date], RuleView]) -> Iterator[str]:
    """Formulas that take what nobody states of those whom an enrolment opened an award."""
    code, _, name = parted(key)[0].partition(".")
    if name.partition(".")[0] != "formula":
        return
    for value in book.history(key):
        opened_by = Scheme(code, rules_where(key, on(value.valid_from))).stated("opened_by")
        if opened_by is None or opened_by.text == OFFICE or value.value is None:
            continue
        if FORMULAS[value.text] in NEEDING_BASIS:
            taking = f"rule {key} takes a cost or days, which enrolments do not state"
            yield f"{value.place}: {taking}, expected another formula or {code}.opened_by to be {OFFICE}"


def _in_cadence(key: str, book: RuleBook, on: Callable[[date], RuleView]) -> Iterator[str]:
    """What is paid by the quarter is so for whole quarters: else a month would be on no list."""
    code, _, name = parted(key)[0].partition(".")
    if name not in {"cadence", "variants"}:
        return
    for value in book.history(key):
        day = value.valid_from
        before, since = _cadence(code, key, on(day - timedelta(days=1))), _cadence(code, key, on(day))
        if before != since and QUARTER in {before, since} and Period.of(day, QUARTER).start != day:
            expected = "expected the first day of one"
            yield f"{value.place}: rule {key} begins or ends paying by the quarter on {day}, {expected}"


def _cadence(code: str, key: str, rules: RuleView) -> str | None:
    """How often the scheme is paid where the key holds; None while there is no such scheme."""
    scheme = Scheme(code, rules_where(key, rules))
    rule = scheme.stated("cadence")
    return rule.text if rule and code + MARK in scheme.rules else None


def _in_pair(key: str, book: RuleBook, schemes: Mapping[str, set[str]]) -> Iterator[str]:
    """Two schemes of this service speak of each other, and never of the higher one."""
    whole = parted(key)[0]
    code, _, rest = whole.partition(".")
    other = rest.removeprefix("overlap.")
    if not rest.startswith("overlap.") or other not in schemes:
        return
    history = book.history(key)
    if any(value.value == "choose_higher" for value in history):
        yield f"{history[0].place}: rule {key} is of two schemes granted here, expected stack or excluded"
    counterpart = f"{other}.overlap.{code}{key.removeprefix(whole)}"
    if counterpart not in book.keys():  # noqa: SIM118 -- no dict
        yield f"{history[0].place}: rule {key} has no counterpart, expected a rule {counterpart}"


def _in_offset(key: str, book: RuleBook, schemes: Mapping[str, set[str]]) -> Iterator[str]:
    """Only what this service pays can be kept back."""
    if parted(key)[0].partition(".")[2] != "offset_from":
        return
    for value in book.history(key):
        for other in sorted({*(value.texts if value.value is not None else ())} - schemes.keys()):
            yield f'{value.place}: no scheme "{other}" in rule {key}, expected some of {", ".join(schemes)}'
