"""Commands that set right what a restore or a fault has put wrong: rebuild projections, begin a new epoch."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Annotated, Any

import typer

from canlian.calling import Identity
from canlian.commands.operating import chosen
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.load.patience import Patient
from canlian.load.progress import OnConsole, Step
from canlian.settling import settle
from chassis import operator_acts
from chassis.database import Database
from chassis.office import migrate, service_class
from chassis.rebuilding import Order, Outcome, Reached, Rebuild

ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why; it is kept with your account in the service's database.")
]


def rebuild(
    service: Annotated[str, typer.Argument(help="reporting, subsidy, rehab or employment")],
    reason: ReasonOption = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit code 1 when they differ.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Use nothing of an attempt that was broken off.")
    ] = False,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Make a service's projections anew from the logs while it works, and put right what differs.

    On PostgreSQL it needs the owner's account in CANLIAN_DATABASE_URL, as migrate does. An attempt that was
    broken off goes on where it stopped.

    Example: canlian rebuild reporting --check

    Example: canlian rebuild reporting --reason 'the registry was restored from the backup of May 3'
    """
    (name,) = chosen([service])
    if not check and not reason:
        raise typer.BadParameter("say why the projections are rebuilt", param_hint="--reason")
    settings = settle(office, data_dir)
    order = Order(by=subject, reason=reason or "a check", check_only=check, restart=restart)
    who = Identity(name, frozenset({"system"}))
    with connect(settings) as caller, _progress() as reached:
        patient = Patient(caller)

        def ask(source: str, question: dict[str, Any]) -> dict[str, Any]:
            return patient.call(source, "events_after", question, who)

        outcome = Rebuild(service_class(name), settings, ask, reached).run(order)
    _show(name, outcome)
    if check and not outcome.equal:
        raise typer.Exit(1)


def restored(
    service: Annotated[str, typer.Argument(help="The service whose database was restored")],
    reason: ReasonOption,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Tell that a service's database was restored from a backup: its log begins a new epoch.

    Run it before the service starts again, by the owner's account. Services that had applied events which
    are no longer in the log stop following it, and `canlian rebuild` brings each of them back.

    Example: canlian restored registry --reason 'disk failed; backup of May 3'
    """
    (name,) = chosen([service])
    settings = settle(office, data_dir)
    migrate(settings, name)  # the backup may be older than the program
    with closing(Database(settings.database(name))) as database, database.write() as connection:
        epoch = operator_acts.begin_epoch(connection, subject, reason)
    told = "has no event yet; nothing to tell" if epoch is None else f"its log goes on as epoch {epoch}"
    console.print(f"{name}: {told}", highlight=False)


@contextmanager
def _progress() -> Iterator[Reached]:
    """Shows how much of each source's log is applied, one source after the other."""
    shown = OnConsole(console)
    current: dict[str, Step] = {}
    with ExitStack() as steps:

        def reached(source: str, done: int, total: int) -> None:
            if source not in current:
                steps.close()
                current.clear()
                current[source] = steps.enter_context(shown.step(f"applying {source}", total))
            current[source].reached(done, total)

        yield reached


def _show(name: str, outcome: Outcome) -> None:
    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, markup=False)

    for source in outcome.conflicts:
        say(f"{source}: its log no longer holds what {name} applied")
    for each in outcome.differences:
        columns = ", ".join(f"{column} in {count}" for column, count in each.changed.items())
        say(
            f"{each.table}: {each.surplus} rows that the logs do not give, {each.missing} missing, "
            f"{columns or 'none'} changed"
        )
        for sample in each.samples:
            say(f"  {sample}")
    for table, (old, new) in outcome.hashes.items():
        say(f"{table}: {new}" if old == new else f"{table}: {old} became {new}")
    if outcome.parked:
        say(f"{outcome.parked} events cannot be applied; `canlian parked list {name}` tells why")
    positions = ", ".join(f"{stream} {position}" for stream, position in outcome.positions.items())
    say(f"compared at {positions}")
    if outcome.equal:
        say(f"{name} is what the logs say")
    else:
        say(f"{name} was put right" if outcome.switched else f"{name} differs from what the logs say")
