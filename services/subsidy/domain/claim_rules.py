"""What is wrong with the rules of claims, rules/claims.yaml, beyond their form."""

from collections.abc import Iterator

from kernel.rule_values import RuleValue
from kernel.rulebook import DIVISION, RuleBook
from services.subsidy.domain.schemes import MARK

APPLICANTS = ("self", "guardian", "relative", "committee", "agent")
"""Those that the contract knows; a test compares."""
LEVELS = ("township", "county")
_SPANS = ("acceptance", "decision", "closing", "telling", "yellow")


def problems(book: RuleBook) -> list[str]:
    """Every mistake, each as "file:line: what is wrong, what is expected"."""
    return list(_words(book)) + [
        f"{value.place}: rule claims.{name} is in {value.unit}, expected working_days of at least one"
        for name in _SPANS
        for value in _history(book, f"claims.{name}")
        if value.unit != "working_days" or (value.value is not None and value.integer < 1)
    ]


def _history(book: RuleBook, name: str) -> list[RuleValue]:
    """The values of a rule, those for divisions included."""
    keys = book.keys()
    return [value for key in keys if DIVISION.sub(r"\1", key) == name for value in book.history(key)]


def _words(book: RuleBook) -> Iterator[str]:
    keys = book.keys()
    schemes = {DIVISION.sub(r"\1", key).removesuffix(MARK) for key in keys}
    refusals = {key.rpartition(".")[2] for key in keys if key.startswith("claims.refusal.")}
    for name, known in (
        ("applicants", {*APPLICANTS}),
        ("levels", {*LEVELS}),
        ("any_window", schemes),
        ("online", schemes),
        ("declining", refusals),
    ):
        for value in _history(book, f"claims.{name}"):
            words = value.value if isinstance(value.value, tuple) else ()
            for word in words:
                if word not in known:
                    expected = ", ".join(sorted(known))
                    yield f'{value.place}: unknown word "{word}" in rule {value.key}, expected {expected}'
