"""Commands about the bank: what it is told, what it answers, and what it could not pay."""

import base64
import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from canlian.bank.carrying import Carried, Carrier, batches
from canlian.bank.channel import Channel
from canlian.calling import Caller, CallRefused, Identity, clerk
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.load.patience import Patient
from canlian.settling import settle
from chassis.sealing import create_file

POLL_SECONDS = 0.2
BANK_POLL_SECONDS = 5.0
SOME_REFUSED = 3

bank = typer.Typer(
    help="The bank: send it files, take receipts in, by hand or over HTTP; see what was not paid.",
    no_args_is_help=True,
)


@bank.command()
def send(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Identifier of an approved run")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the bank's files.")],
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Write the files that tell the bank to pay a run. Files that are there already are the same, and stay.

    For a run that the bank was told of before: also those held up that can be paid by now.

    Example: canlian bank send 0192… --out out/bank
    """
    with connect(settle(office, data_dir)) as caller:
        who = clerk(subject)
        _instruct(caller, run_id, who)
        for batch in batches(caller, who, run_id):
            path = _write(caller, batch["batch_id"], out, who)
            console.print(
                f"{path}: {batch['lines']} lines, {batch['amount']} yuan, {batch['answered']} answered",
                highlight=False,
                soft_wrap=True,
            )


@bank.command("connect")
def connect_to(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Identifier of an approved run")],
    url: Annotated[
        str, typer.Option(metavar="URL", envvar="CANLIAN_BANK_URL", help="Address of the bank's service.")
    ],
    token_file: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            envvar="CANLIAN_BANK_TOKEN_FILE",
            exists=True,
            dir_okay=False,
            help="Holds the token by which the bank knows the office.",
        ),
    ],
    ca_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="CANLIAN_BANK_CA_FILE",
            exists=True,
            dir_okay=False,
            help="Certificates to trust instead of the system's.",
        ),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the bank's answers.")] = 0,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Tell the bank over HTTP to pay a run, and bring its receipts in. Killed, the same command goes on.

    Exit code 0: the bank has answered all. 3: not yet, or something was refused; look again.

    Example: canlian bank connect 0192… --url https://bank.example/v1 --token-file secrets/bank --wait 600
    """
    settings, token = settle(office, data_dir), token_file.read_text("utf-8").strip()
    with connect(settings) as caller, Channel(url, token, ca_file=ca_file) as channel:
        who = clerk(subject)
        _instruct(caller, run_id, who)
        carrier = Carrier(
            Patient(caller), who, channel, lambda text: console.print(text, highlight=False, soft_wrap=True)
        )
        if not _carry(carrier, run_id, time.monotonic() + wait):
            raise typer.Exit(SOME_REFUSED)


def _carry(carrier: Carrier, run_id: str, deadline: float) -> bool:
    """Look again and again until all is answered or the time is over; whether all is answered."""
    shown: list[Carried] = []
    while True:
        found = carrier.look(run_id)
        for batch in found:
            if batch not in shown:
                problem = f" [red]✗[/] {escape(batch.problem)}" if batch.problem else ""
                console.print(
                    f"batch {batch.batch_id}: {batch.answered} of {batch.lines} answered{problem}",
                    highlight=False,
                    soft_wrap=True,
                )
        shown = found
        if all(batch.answered == batch.lines for batch in found):
            return not any(batch.problem for batch in found)
        if time.monotonic() >= deadline:
            return False
        time.sleep(min(BANK_POLL_SECONDS, max(0.0, deadline - time.monotonic())))


def _instruct(caller: Caller, run_id: str, who: Identity) -> None:
    """Have the instructions of a run written, also those of what was held up and can be paid by now."""
    run = _call(caller, "instruct_disbursement", {"run_id": run_id, "idempotency_key": uuid4().hex}, who)
    while run["state"] == "instructing":
        time.sleep(POLL_SECONDS)
        run = _call(caller, "find_disbursement", {"run_id": run_id}, who)


def _write(caller: Caller, batch_id: str, out: Path, who: Identity) -> Path:
    fields = {"batch_id": batch_id, "idempotency_key": uuid4().hex}
    told = _call(caller, "fetch_bank_file", fields, who)
    path = out / str(told["name"])
    create_file(path, base64.b64decode(told["content"]), mode=0o600)
    if sha256(path.read_bytes()).hexdigest() != told["file_hash"]:
        raise CallRefused(
            "bank.file_differs", f"{path} is there with other content; look into it, then remove it"
        )
    return path


@bank.command()
def receive(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Take the bank's receipts in: each file whole, or nothing of it when a line is wrong.

    Exit code 0: all are taken. 3: some were refused, the others are taken.

    Example: canlian bank receive in/*.txt
    """
    refused = False
    with connect(settle(office, data_dir)) as caller:
        for file in files:
            content = file.read_bytes()
            # A fresh key: the service knows the file itself again, and says so.
            fields = {"idempotency_key": uuid4().hex, "content": base64.b64encode(content).decode()}
            try:
                told = _call(caller, "record_bank_receipt", fields, clerk(subject))
            except CallRefused as refusal:
                refused = True
                text = f"[red]✗[/] {file}: {refusal.message} \\[{refusal.code}]"
            else:
                text = (
                    f"{file}: {told['paid_lines']} paid, {told['paid_amount']} yuan; "
                    f"{told['returned_lines']} returned, {told['returned_amount']} yuan ({told['outcome']})"
                )
            console.print(text, highlight=False, soft_wrap=True)
    if refused:
        raise typer.Exit(SOME_REFUSED)


@bank.command()
def held(
    run_id: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Only those of a run.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Payments on one page.")] = 100,
    after: Annotated[str | None, typer.Option(help="Go on after this mark, shown under a page.")] = None,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Show payments that did not come about, why, and what is to be done.

    Example: canlian bank held
    """
    with connect(settle(office, data_dir)) as caller:
        fields = {"run_id": run_id, "limit": limit, "after": after}
        page = _call(caller, "list_held_payments", fields, clerk(subject))
    table = Table(header_style="bold")
    names = ("held_on", "person_id", "scheme", "period", "amount", "reason", "remedy")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in page["held"]:
        table.add_row(*(str(row[name]) for name in names))
    console.print(table)
    if page["after"]:
        console.print(f"more: --after {page['after']}", highlight=False)


def _call(caller: Caller, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
    return caller.call("subsidy", method, fields, who)
