"""Recording steps of what is on file: each kind of file is described, one function records its steps.

Each file keeps its state in its row. Several steps of one file in one command are decided in their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import Row, rows_by
from chassis.transaction import Transaction
from contracts.message import BulkReply, Event
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from kernel.rulebook import RuleView

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

State = TypeVar("State", bound="DataclassInstance")
Act = TypeVar("Act", bound="DataclassInstance")
Guard = Callable[[Row, Act], None]


def _unguarded(_tx: Transaction, _files: Mapping[str, Row]) -> Guard[Any]:
    return lambda _file, _act: None


@dataclass(frozen=True)
class Register(Generic[State, Act]):
    """One kind of file. noun: service and what the file is, as "registry.risk"; words of its codes.

    files: its table, with the fields of the state as columns. acts: the table of its steps, with the fields
    of an act. decide: the rules. event: what a step tells, from the file's row before it, the act, and the
    state after it. guard: reads what other records say about the files of a command, which are locked by then
    and kept up with each step; returns what refuses a new step for it. by_id: a step names its file by the
    identifier, not by the office's reference. reused: code of the refusal of a reference that is known with
    other content, if not `<noun>_act_differs`.
    """

    noun: str
    files: sa.Table
    acts: sa.Table
    state: type[State]
    act: type[Act]
    decide: Callable[[State, Act, RuleView], State]
    event: Callable[[Row, Act, State], Event]
    guard: Callable[[Transaction, Mapping[str, Row]], Guard[Act]] = _unguarded
    by_id: bool = False
    reused: str | None = None


@dataclass
class Steps:
    """Steps that are taken in one transaction: each file is written once, however many it took.

    files: table of the files, of one key; acts: of the steps, which name their file by a foreign key.
    """

    files: sa.Table
    acts: sa.Table
    moved: dict[str, Row] = field(default_factory=dict)
    taken: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.file_key,), (act_key,) = self.files.primary_key.columns, self.acts.primary_key.columns
        # Names of columns are of a class of SQLAlchemy's own, which JSON takes for no text.
        self.file_id, self.act_id = str(self.file_key.name), str(act_key.name)
        self.link = next(str(column.name) for column in self.acts.c if column.references(self.file_key))

    def take(
        self,
        tx: Transaction,
        ref: str,
        file_id: str,
        told: Row,
        after: Row,
        *,
        by: str | None = None,
        act_id: str | None = None,
    ) -> str:
        """Take a step; returns its identifier.

        told: what it tells, by columns. after: the columns of the file that steps change, the same ones each
        time; a file that counts its steps has their number in `steps`. by: who takes it, if not the caller.
        """
        act_id = act_id or tx.new_id()
        self.moved[file_id] = after
        numbered = {"seq": after["steps"]} if "seq" in self.acts.c else {}
        self.taken.append(
            {
                self.act_id: act_id,
                "ref": ref,
                self.link: file_id,
                **numbered,
                **told,
                "state_after": after["state"],
                "recorded_by": by or tx.caller.subject,
                "recorded_at": tx.now,
            }
        )
        return act_id

    def save(self, tx: Transaction) -> None:
        """Write the files and the steps."""
        altered = [{"file": file_id, **after} for file_id, after in sorted(self.moved.items())]
        if altered:
            tx.execute(sa.update(self.files).where(self.file_key == sa.bindparam("file")), altered)
        tx.insert(self.acts, self.taken)


def record_steps(
    tx: Transaction, bulk: Bulk, register: Register[State, Act], act_of: Callable[[Any], Act]
) -> BulkReply:
    """Record steps; the office's reference is the key. act_of: the act that a record tells of."""
    tx.no_scope("each record is checked against the region of its file")
    steps = Steps(register.files, register.acts)
    name, column = _named(register, steps)
    # In the order of their keys, or two commands could wait for each other.
    locked = sa.select(register.files).order_by(steps.file_key).with_for_update()
    files = rows_by(tx, locked, column, {getattr(item, name) for item in bulk.items()})
    known = rows_by(tx, sa.select(register.acts), register.acts.c.ref, {item.ref for item in bulk.items()})
    guard = register.guard(tx, files)
    for entry in bulk:
        with entry.deciding():
            key, ref = getattr(entry.item, name), entry.item.ref
            file = files.get(key)
            if file is None or not tx.caller.covers(file["region"]):
                raise _unknown(register, name)
            file_id, act = file[steps.file_id], act_of(entry.item)
            told = asdict(act)
            if same := known.get(ref):
                _check_same(register, same, {steps.link: file_id, **told})
                entry.unchanged(same[steps.act_id])
                continue
            guard(file, act)
            after = _after(tx, register, file, act, told["acted_on"])
            now = asdict(after)
            if "steps" in file:
                now["steps"] = file["steps"] + 1
            act_id = steps.take(tx, ref, file_id, told, now)
            files[key] = {**file, **now}
            known[ref] = steps.taken[-1]
            tx.record(register.event(file, act, after))
            entry.created(act_id)
    steps.save(tx)
    return bulk.reply()


def _named(register: Register[Any, Any], steps: Steps) -> tuple[str, sa.Column[Any]]:
    """The field in which a step names its file, and the column that has the name."""
    noun = register.noun.partition(".")[2]
    return (f"{noun}_id", steps.file_key) if register.by_id else (f"{noun}_ref", register.files.c.ref)


def _unknown(register: Register[Any, Any], name: str) -> NotFound:
    service, _, noun = register.noun.partition(".")
    called = noun.replace("_", " ")
    return NotFound(
        f"{service}.unknown_{noun}",
        f"There is no such {called} in the caller's regions; list the {called}s again."
        if register.by_id
        else f"The {called} is not recorded; record it first.",
        field=name,
    )


def _check_same(register: Register[Any, Any], known: Row, told: Row) -> None:
    if any(known[column] != value for column, value in told.items()):
        raise Conflict(
            register.reused or f"{register.noun}_act_differs",
            "A step with this reference is recorded with other content; give a new step its own.",
            field="ref",
        )


def _after(tx: Transaction, register: Register[State, Act], file: Row, act: Act, day: date) -> State:
    before = register.state(**{each.name: file[each.name] for each in fields(register.state)})
    with reading("acted_on"):
        return register.decide(before, act, tx.rules.at(day))


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
