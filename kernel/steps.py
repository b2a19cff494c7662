"""What every step of a file must keep to: the fields of its action, the order of days, its states."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Protocol

from kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Step:
    """One action. states: where the file must be; needs, may: the fields that it must and may have."""

    states: tuple[str, ...]
    needs: frozenset[str] = field(default=frozenset())
    may: frozenset[str] = field(default=frozenset())


class File(Protocol):
    """Anything that takes steps."""

    @property
    def state(self) -> str:
        """Where it stands."""
        ...

    @property
    def last_act_on(self) -> date:
        """The day of its last step, or of its beginning."""
        ...


def check_step(noun: str, step: Step, file: File, act: "DataclassInstance", acted_on: date) -> None:
    """Refuse a step that does not fit. noun: service and what the file is, as "registry.application".

    Raises Invalid("<noun>_act_fields"), Conflict("<service>.act_out_of_order") or Conflict("<noun>_state").
    """
    service, _, file_is = noun.partition(".")
    for name in (each.name for each in fields(act) if each.name not in {"action", "acted_on"}):
        given = getattr(act, name) is not None
        if given != (name in step.needs) and not (given and name in step.may):
            raise Invalid(
                f"{noun}_act_fields",
                f"This step {'must not have' if given else 'needs'} the field.",
                # An identifier in here is a reference in the record, and fen are yuan.
                field=f"{name.removesuffix('_id')}_ref"
                if name.endswith("_id")
                else name.removesuffix("_fen"),
            )
    if acted_on < file.last_act_on:
        raise Conflict(
            f"{service}.act_out_of_order",
            f"A step of {file.last_act_on} is already recorded; record steps in the order of their days.",
            field="acted_on",
            last_act_on=file.last_act_on.isoformat(),
        )
    if file.state not in step.states:
        raise Conflict(
            f"{noun}_state",
            f"The {file_is.replace('_', ' ')} is {file.state}; this step is for one that is "
            f"{' or '.join(step.states)}.",
            field="action",
            state=file.state,
        )
