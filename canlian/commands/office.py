"""Commands about the office itself: start it, look at it, call it."""

import json
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from canlian.calling import Caller, CallUnavailable, Identity, clerk
from canlian.commands.operating import ServicesOption, chosen
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.load.following import behind, parked_events
from canlian.settling import SettingsError, remember, settle
from chassis.office import AlreadyRunning, Office, service_class
from contracts.catalogue import REQUESTS, SERVICES
from contracts.message import Command

MONTHS_AHEAD_MIN = 2
"""With fewer partitions to come, the next ones are due."""
_ROLES = frozenset({"clerk", "maker", "auditor", "system"})


class _Announced(Office):
    """Says where it can be watched, also while it waits for its servers."""

    def listen(self) -> None:
        super().listen()
        address = f"http://{self.health.host}:{self.health.port}"
        names = ", ".join(service.name for service in self.services)
        console.print(
            f"Office {self.settings.office} is running: {names}.\n"
            f"  metrics {address}/metrics\n  health  {address}/health/ready\nCtrl-C stops it.",
            highlight=False,
            soft_wrap=True,
        )


def up(service: ServicesOption = None, office: OfficeOption = None, data_dir: DataDirOption = None) -> None:
    """Start services in this process, and serve until Ctrl-C or SIGTERM.

    Without a broker, all five run here. With RabbitMQ and PostgreSQL, --service chooses which, and
    CANLIAN_ROLES (rpc, follow, relay, jobs) what of them this process does.

    Example: canlian up --office 341524 --data-dir var

    Example: CANLIAN_ROLES=follow canlian up --service reporting
    """
    settings = settle(office, data_dir, quiet=False)
    remember(settings)
    try:
        _Announced(settings, [service_class(name) for name in chosen(service)]).serve()
    except AlreadyRunning as error:
        raise SettingsError("office.already_running", str(error)) from None


def rpc(
    service: Annotated[str, typer.Argument(help="registry, subsidy, rehab, employment or reporting")],
    method: Annotated[str, typer.Argument(help="A method of the service, such as show_status")],
    fields: Annotated[str, typer.Argument(metavar="JSON", help="Its arguments as a JSON object")] = "{}",
    subject: AsOption = OPERATOR,
    role: Annotated[
        list[str] | None,
        typer.Option(help="A role of the caller; may be given several times. Default: all but checker."),
    ] = None,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Call a method of a service and print its reply as JSON. A command without an idempotency_key gets one.

    Example: canlian rpc reporting show_catalogue

    Example: canlian rpc subsidy approve_disbursement --as li --role checker '{"run_id": "…", …}'
    """
    try:
        arguments = json.loads(fields)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON (character {error.pos + 1})", param_hint="JSON") from None
    if not isinstance(arguments, dict):
        raise typer.BadParameter("must be an object, as {} is", param_hint="JSON")
    request = REQUESTS.get(f"{service}.{method}") or REQUESTS.get(f"stream.{method}")
    if request is not None and issubclass(request, Command):
        arguments.setdefault("idempotency_key", uuid4().hex)
    settings = settle(office, data_dir)
    who = Identity(subject, frozenset(role or _ROLES))
    with connect(settings) as caller:
        reply = caller.call(service, method, arguments, who)
    typer.echo(json.dumps(reply, ensure_ascii=False, indent=2))


def doctor(subject: AsOption = OPERATOR, office: OfficeOption = None, data_dir: DataDirOption = None) -> None:
    """Look whether all is well: every service answers, nobody lags, no event is put aside, no job failed.

    An embedded office that is not running is started for it. Exit code 1 when something is wrong.

    Example: canlian doctor --data-dir var
    """
    settings = settle(office, data_dir)
    with connect(settings) as caller:
        statuses = _statuses(caller, clerk(subject))
        conflicts = _conflicts(caller, Identity(subject, frozenset({"system"})), statuses)
    _show(statuses)
    wrong = _wrong(statuses) + conflicts
    for text in wrong:
        console.print(f"[red]✗[/] {text}", highlight=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(1)
    console.print(f"[green]✓[/] Office {settings.office}: all is well.", highlight=False)


def _months_wrong(status: dict[str, Any]) -> Iterator[str]:
    if (ahead := status["months_ahead"]) is not None and ahead < MONTHS_AHEAD_MIN:
        yield f"{ahead} months to come have partitions; `canlian retention run` makes more [months.ahead]"
    if status["stray_bytes"]:
        yield "rows lie in no month's partition; `canlian retention run` moves them [months.stray]"


def _statuses(caller: Caller, who: Identity) -> dict[str, dict[str, Any] | None]:
    statuses: dict[str, dict[str, Any] | None] = {}
    for name in SERVICES:
        try:
            statuses[name] = caller.call(name, "show_status", {}, who)
        except CallUnavailable:
            statuses[name] = None
    return statuses


def _conflicts(caller: Caller, who: Identity, statuses: dict[str, dict[str, Any] | None]) -> list[str]:
    """Who has applied what its source's log no longer holds."""
    wrong = []
    for consumer, status in statuses.items():
        for stream in status["follows"] if status else ():
            if statuses[stream["source"]] is None:
                continue
            question = {"position": stream["position"], "event_id": stream["event_id"], "limit": 1}
            if not caller.call(stream["source"], "events_after", question, who)["agrees"]:
                wrong.append(
                    f"{consumer} has applied events that {stream['source']} no longer has; `canlian rebuild "
                    f"{consumer}` brings it back [stream.conflict]"
                )
    return wrong


def _show(statuses: dict[str, dict[str, Any] | None]) -> None:
    table = Table(header_style="bold")
    table.add_column("service")
    for name in ("epoch", "recorded", "published"):
        table.add_column(name, justify="right")
    table.add_column("follows (position, parked)")
    table.add_column("jobs")
    for name, status in statuses.items():
        if status is None:
            table.add_row(name, "", "", "", "[red]no answer[/]", "")
            continue
        follows = ", ".join(f"{s['source']} {s['position']} ({s['parked']})" for s in status["follows"])
        jobs = ", ".join(
            f"{job['kind']} {job['state']} {job['done']}/{job['total']}" for job in status["jobs"]
        )
        table.add_row(name, *(str(status[key]) for key in ("epoch", "recorded", "published")), follows, jobs)
    console.print(table)


def _wrong(statuses: dict[str, dict[str, Any] | None]) -> list[str]:
    wrong = [
        f"{name} does not answer [call.unavailable]" for name, status in statuses.items() if status is None
    ]
    answered = {name: status for name, status in statuses.items() if status is not None}
    for name, status in answered.items():
        if unpublished := status["recorded"] - status["published"]:
            wrong.append(f"{name} has {unpublished} events to publish [stream.unpublished]")
        failed = [
            f"{name}: job {job['kind']} failed [job.failed]"
            for job in status["jobs"]
            if job["state"] == "failed"
        ]
        wrong.extend(failed)
        wrong.extend(f"{name}: {text}" for text in _months_wrong(status))
    if len(answered) == len(statuses):
        if late := behind(answered):
            wrong.append(f"{late} [stream.behind]")
        if parked := parked_events(answered):
            wrong.append(
                f"events put aside: {parked}; `canlian parked list SERVICE` tells why [stream.parked]"
            )
    return wrong
