"""Commands for those who run an office on RabbitMQ and PostgreSQL: keys, databases, queues, parked events."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from rich.table import Table

from canlian.calling import Caller, Identity
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.settling import settle
from chassis import office as offices
from chassis.access import TokenKeys
from chassis.sealing import Keys
from contracts.catalogue import SERVICES

ServicesOption = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="NAME", help="Only this service; may be given several times."),
]
ConsumerArgument = Annotated[str, typer.Argument(help="The service that set the event aside")]

MOST = 1000
"""As many parked events as a service lists at once."""

parked = typer.Typer(help="Look at events that a service could not apply, and decide what becomes of them.")


def chosen(services: list[str] | None) -> tuple[str, ...]:
    """The services named, or all. Raises ``typer.BadParameter`` for a name that is none."""
    unknown = sorted(set(services or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(unknown)}: choose from {', '.join(SERVICES)}", param_hint="--service"
        )
    return tuple(services or SERVICES)


def keys(directory: Annotated[Path, typer.Argument(help="Where to write; what is there is kept")]) -> None:
    """Make the keys of an office: keys.json seals fields, tokens/ signs and proves callers.

    Keep them where the office keeps its secrets, apart from the databases and their backups.

    Example: canlian keys secrets
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    Keys.generate(directory / "keys.json")
    TokenKeys.generate(directory / "tokens")
    console.print(f"Keys are in {directory}: keys.json, tokens/.", highlight=False)


def migrate(
    service: ServicesOption = None, office: OfficeOption = None, data_dir: DataDirOption = None
) -> None:
    """Bring the databases to the newest version, by the owner's account in CANLIAN_DATABASE_URL.

    Example: canlian migrate --service registry
    """
    settings = settle(office, data_dir)
    for name in chosen(service):
        offices.migrate(settings, name)
        console.print(f"{name}: up to date", highlight=False)


def topology(office: OfficeOption = None, data_dir: DataDirOption = None) -> None:
    """Declare the exchanges and queues at the broker, before any service starts.

    Example: canlian topology
    """
    offices.declare_topology(settle(office, data_dir))
    console.print("Exchanges and queues are declared.")


@parked.command("list")
def list_parked(
    consumer: ConsumerArgument,
    source: Annotated[str | None, typer.Option(help="Only events of this service")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Show at most so many")] = 100,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """List the events that a service has set aside.

    Example: canlian parked list reporting --source subsidy
    """
    with connect(settle(office, data_dir)) as caller:
        fields = {"limit": limit} | ({} if source is None else {"source": source})
        reply = caller.call(consumer, "list_parked", fields, _operator(subject))
    table = Table("id", "source", "position", "type", "subject", "reason", header_style="bold")
    for event in reply["events"]:
        columns = ("parked_id", "source", "position", "type", "subject", "reason")
        table.add_row(*(str(event[name]) for name in columns))
    console.print(table)
    console.print(f"{reply['total']} in all")


@parked.command("show")
def show_parked(
    consumer: ConsumerArgument,
    about: Annotated[str, typer.Argument(metavar="SUBJECT", help="Identifier from the list")],
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Show what a service has set aside about one subject, with the events' data (identifiers only).

    Example: canlian parked show reporting 019ab…
    """
    with connect(settle(office, data_dir)) as caller:
        reply = caller.call(consumer, "list_parked", {"subject": about, "limit": MOST}, _operator(subject))
    console.print_json(data=reply["events"])


@parked.command("redrive")
def redrive(
    consumer: ConsumerArgument,
    source: Annotated[str, typer.Argument(help="The service the events came from")],
    about: Annotated[
        str | None, typer.Argument(metavar="[SUBJECT]", help="Identifier from the list; without it, all")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen")] = False,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Apply parked events again, each subject's in order; after the cause is mended. Exit code 1: some left.

    Example: canlian parked redrive reporting subsidy 019ab… --dry-run
    """
    with connect(settle(office, data_dir)) as caller:
        who = _operator(subject)
        subjects = [about] if about else _subjects(caller, consumer, source, who)
        applied, left, reasons = 0, 0, []
        for each in subjects:
            fields = {"idempotency_key": uuid4().hex, "source": source, "subject": each, "dry_run": dry_run}
            reply = caller.call(consumer, "redrive_parked", fields, who)
            applied, left = applied + reply["applied"], left + reply["left"]
            reasons += [f"  {each}: {reply['reason']}"] if reply["reason"] else []
    verb = "would be applied" if dry_run else "applied"
    console.print("\n".join([f"{applied} {verb}, {left} left", *reasons]), highlight=False, markup=False)
    if left:
        raise typer.Exit(1)


def _subjects(caller: Caller, consumer: str, source: str, who: Identity) -> list[str]:
    """Whose events of a source are parked, in the order of the first of each."""
    listed = caller.call(consumer, "list_parked", {"source": source, "limit": MOST}, who)
    return list(dict.fromkeys(event["subject"] for event in listed["events"]))


@parked.command("discard")
def discard(
    consumer: ConsumerArgument,
    parked_id: Annotated[int, typer.Argument(metavar="ID", help="Number from the list")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with your account")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be left")] = False,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Give one parked event up for good.

    Example: canlian parked discard reporting 7 --reason 'recorded by mistake, corrected since'
    """
    fields = {"parked_id": parked_id, "reason": reason, "dry_run": dry_run}
    with connect(settle(office, data_dir)) as caller:
        order = {"idempotency_key": uuid4().hex, **fields}
        reply = caller.call(consumer, "discard_parked", order, _operator(subject))
    verb = "Would be given up" if dry_run else "Given up"
    console.print(f"{verb}; {reply['left']} left of its subject.", highlight=False)


def _operator(subject: str) -> Identity:
    return Identity(subject, frozenset({"system"}))
