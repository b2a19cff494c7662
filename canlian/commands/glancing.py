"""Shows what the registry does, and what waits there and of subsidies, in one screen."""

from typing import Any

from rich.table import Table

from canlian.calling import Caller, Identity
from canlian.commands.options import console
from canlian.glance.figures import figures
from canlian.glance.reads import read_person
from canlian.glance.waiting import waiting
from canlian.snapshot.document import Snapshot


def show_registry(caller: Caller, who: Identity, snapshot: Snapshot) -> None:
    """The figures of the snapshot's period, what waits on its last day, one person and their access log."""

    def ask(method: str, **fields: Any) -> dict[str, Any]:
        return caller.call("registry", method, fields, who)

    def ask_subsidy(method: str, **fields: Any) -> dict[str, Any]:
        return caller.call("subsidy", method, fields, who)

    day = snapshot["as_of"]
    for title, rows in (
        (f"登记服务 {snapshot['period']} the registry's year", figures(snapshot)),
        (f"待办 {day} what waits", waiting(ask, ask_subsidy, day)),
        ("一人一档 one person, masked", read_person(ask, day)),
    ):
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for part, text in rows:
            table.add_row(part, text)
        console.print(table)
