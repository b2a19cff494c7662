"""What is wrong with the rules of claims, rules/claims.yaml, beyond their form."""

from collections.abc import Iterator

from kernel.rule_values import RuleValue
from kernel.rulebook import DIVISION, RuleBook
from services.subsidy.domain.claim_guardian import GUARDIANS
from services.subsidy.domain.notice import UNNAMED
from services.subsidy.domain.schemes import MARK

APPLICANTS = ("self", "guardian", "relative", "committee", "agent")
"""Those that the contract knows; a test compares."""
LEVELS = (("township",), ("township", "county"))
"""Who may look at a claim, in their order."""
GUARDIAN_SCOPES = ("certificate", "subsidy", "rehab", "property")
"""Those that the registry's contract knows; a test compares."""
ONE_PERSON = ("allowed", "refused")
"""Whether one person may both check and review a claim."""
_UNITS = {
    "applicants": "texts",
    "guardian_scopes": "texts",
    "any_window": "texts",
    "online": "texts",
    "levels": "texts",
    "declining": "texts",
    "notice.unnamed": "texts",
    "notice.shows_variant": "texts",
    "notice.minors": "years",
    "notice.objection": "text",
}
_SPANS = ("acceptance", "decision", "closing", "telling", "yellow")
_REFUSAL = "claims.refusal."


def problems(book: RuleBook) -> list[str]:
    """Every mistake, each as "file:line: what is wrong, what is expected"."""
    return [*_in_units(book), *_in_choices(book)] or [*_in_words(book), *_in_levels(book)]


def _undivided(book: RuleBook) -> Iterator[tuple[str, str]]:
    """Every key, without the division that it may end in, and as it is."""
    keys = book.keys()
    for key in keys:
        match = DIVISION.fullmatch(key)
        yield match[1] if match else key, key


def _values(book: RuleBook, name: str) -> Iterator[RuleValue]:
    """The values in force of a rule, those for divisions included."""
    for whole, key in _undivided(book):
        if whole == f"claims.{name}":
            yield from (value for value in book.history(key) if value.value is not None)


def _in_units(book: RuleBook) -> Iterator[str]:
    for name, unit in _UNITS.items():
        for value in _values(book, name):
            if value.unit != unit:
                yield f"{value.place}: rule {value.key} is in {value.unit}, expected {unit}"
    for name in _SPANS:
        for value in _values(book, name):
            if value.unit != "working_days" or value.integer < 1:
                yield f"{value.place}: rule {value.key} is no number of working_days, expected at least one"
    for whole, key in _undivided(book):
        if whole.startswith(_REFUSAL) and not book.history(key)[0].title:
            place = book.history(key)[0].place
            yield f"{place}: rule {key} has no Chinese name, expected one under zh, as citizens read it"


def _in_choices(book: RuleBook) -> Iterator[str]:
    for name, choices in (("guardian", GUARDIANS), ("check_and_review", ONE_PERSON)):
        for value in _values(book, name):
            if value.unit != "text" or value.text not in choices:
                expected = f"text, {' or '.join(choices)}"
                yield f"{value.place}: rule {value.key} is another word, expected {expected}"


def _in_words(book: RuleBook) -> Iterator[str]:
    names = {whole for whole, _ in _undivided(book)}
    schemes = {name.removesuffix(MARK) for name in names if name.endswith(MARK)}
    refusals = {name.removeprefix(_REFUSAL) for name in names if name.startswith(_REFUSAL)}
    for name, known in (
        ("applicants", {*APPLICANTS}),
        ("guardian_scopes", {*GUARDIAN_SCOPES}),
        ("any_window", schemes),
        ("online", schemes),
        ("declining", refusals),
        ("notice.unnamed", {*UNNAMED}),
        ("notice.shows_variant", schemes),
    ):
        for value in _values(book, name):
            for word in {*value.texts} - known:
                expected = ", ".join(sorted(known))
                yield f'{value.place}: unknown word "{word}" in rule {value.key}, expected {expected}'


def _in_levels(book: RuleBook) -> Iterator[str]:
    for value in _values(book, "levels"):
        if value.texts not in LEVELS:
            expected = " or ".join(f"[{', '.join(each)}]" for each in LEVELS)
            yield f"{value.place}: rule {value.key} names other levels, expected {expected}"
