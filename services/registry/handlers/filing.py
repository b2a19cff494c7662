"""Recording steps of the plainer files: disputes, legal aid, proposals, and the organisation network's.

Each file keeps its state in its row. Several steps of one file in one command are decided in their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts.message import BulkReply, Event
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from kernel.rulebook import RuleView
from services.registry.handlers.lookup import mine
from services.registry.repository import rows_among

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

State = TypeVar("State", bound="DataclassInstance")
Act = TypeVar("Act", bound="DataclassInstance")
Row = dict[str, Any]
Guard = Callable[[Row, Act], None]


def _unguarded(_tx: Transaction, _files: Mapping[str, Row]) -> Guard[Any]:
    return lambda _file, _act: None


@dataclass(frozen=True)
class Register(Generic[State, Act]):
    """One kind of file. noun: what it is called, as a word of a code and of `<noun>_ref`.

    files: its table, with the fields of the state as columns. acts: the table of its steps, with the fields
    of an act. decide: the rules. event: what a step tells, from the file's row before it, the act, and the
    state after it. guard: reads what other records say about the files of a command, which are locked by then
    and kept up with each step; returns what refuses a new step for it.
    """

    noun: str
    files: sa.Table
    acts: sa.Table
    state: type[State]
    act: type[Act]
    decide: Callable[[State, Act, RuleView], State]
    event: Callable[[Row, Act, State], Event]
    guard: Callable[[Transaction, Mapping[str, Row]], Guard[Act]] = _unguarded


@dataclass
class Book:
    """What is known when the command begins, kept up with each step. files, acts: rows by reference."""

    files: dict[str, Row]
    acts: dict[str, Row]
    touched: set[str] = field(default_factory=set)
    history: list[Row] = field(default_factory=list)


def record_steps(
    tx: Transaction, bulk: Bulk, register: Register[State, Act], act_of: Callable[[Any], Act]
) -> BulkReply:
    """Record steps; the office's reference is the key. act_of: the act that a record tells of."""
    tx.no_scope("each record is checked against the region of its file")
    name = f"{register.noun}_ref"
    locked = sa.select(register.files).order_by(register.files.c.id).with_for_update()
    book = Book(
        rows_by(tx, locked, register.files.c.ref, {getattr(item, name) for item in bulk.items()}),
        rows_by(tx, sa.select(register.acts), register.acts.c.ref, {item.ref for item in bulk.items()}),
    )
    guard = register.guard(tx, book.files)
    for entry in bulk:
        with entry.deciding():
            file = book.files.get(getattr(entry.item, name))
            if file is None or not mine(tx, file["region"]):
                raise NotFound(
                    f"registry.unknown_{register.noun}",
                    f"The {register.noun.replace('_', ' ')} is not recorded; record it first.",
                    field=name,
                )
            _decide(tx, book, register, guard, entry, file, act_of(entry.item))
    _save(tx, book, register)
    return bulk.reply()


def rows_by(tx: Transaction, query: sa.Select[Any], column: sa.Column[Any], keys: set[str]) -> dict[str, Row]:
    """Whole rows by a column that tells them apart."""
    rows = [dict(row._mapping) for row in rows_among(tx, query, column, keys)]  # noqa: SLF001 - public in SQLAlchemy
    return {row[column.name]: row for row in rows}


def _decide(
    tx: Transaction,
    book: Book,
    register: Register[State, Act],
    guard: Guard[Act],
    entry: Entry,
    file: Row,
    act: Act,
) -> None:
    told = {"file_id": file["id"], **asdict(act)}
    if same := book.acts.get(entry.item.ref):
        if any(same[column] != value for column, value in told.items()):
            raise Conflict(
                f"registry.{register.noun}_act_differs",
                "A step with this reference is recorded with other content; give a new step its own.",
                field="ref",
            )
        entry.unchanged(same["id"])
        return
    guard(file, act)
    before = register.state(**{each.name: file[each.name] for each in fields(register.state)})
    with reading("acted_on"):
        after = register.decide(before, act, tx.rules.at(told["acted_on"]))
    now = {**file, **asdict(after), "steps": file["steps"] + 1}
    step = {
        "id": tx.new_id(),
        "ref": entry.item.ref,
        "seq": now["steps"],
        **told,
        "state_after": now["state"],
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }
    book.files[file["ref"]] = now
    book.touched.add(file["ref"])
    book.acts[entry.item.ref] = step
    book.history.append(step)
    tx.record(register.event(file, act, after))
    entry.created(step["id"])


def _save(tx: Transaction, book: Book, register: Register[State, Act]) -> None:
    """Write each file once, however many steps it took, and all steps."""
    columns = [*(each.name for each in fields(register.state)), "steps"]
    altered = [
        {"file": file["id"], **{column: file[column] for column in columns}}
        for file in (book.files[ref] for ref in sorted(book.touched))
    ]
    if altered:
        table = register.files
        tx.execute(sa.update(table).where(table.c.id == sa.bindparam("file")), altered)
    tx.insert(register.acts, book.history)


def fields_of(act: type[Act]) -> Callable[[Any], Act]:
    """Reads an act from the fields of a record that are called the same; `<name>_fen` is yuan in `<name>`."""
    names = [each.name for each in fields(act)]

    def read(item: Any) -> Act:
        values: Mapping[str, Any] = {name: _value(item, name) for name in names}
        return act(**values)

    return read


def _value(item: Any, name: str) -> Any:
    if not name.endswith("_fen"):
        return getattr(item, name)
    field = name.removesuffix("_fen")
    amount = getattr(item, field)
    with reading(field):
        return None if amount is None else Money.yuan(amount).fen
