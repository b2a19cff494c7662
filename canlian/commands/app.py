"""The application: its commands, and how errors are told."""

import traceback
from typing import Annotated

import typer

from canlian.bank.channel import BankRefused
from canlian.calling import CallRefused, CallUnavailable
from canlian.commands import (
    bank,
    data,
    demo,
    lists,
    mending,
    notices,
    office,
    operating,
    reconcile,
    retention,
    rules,
)
from canlian.commands.options import errors
from canlian.load.following import Parked, Stalled
from canlian.load.paying import RunStalled
from canlian.package.problems import PackageError
from canlian.settling import SettingsError
from kernel.errors import Refusal

FAILED = 1

app = typer.Typer(
    name="canlian",
    help="残联业务平台 — the business platform of a disabled persons' federation.\n\n"
    "Without further settings the five services run inside the command, on SQLite files in ./var. "
    "With CANLIAN_BROKER_URL and CANLIAN_DATABASE_URL set, commands speak to services that run elsewhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(office.up)
app.command("demo")(demo.demo)
app.command("load")(data.load)
app.command("import-list")(lists.import_list)
app.command("snapshot")(data.snapshot)
app.command("notice")(notices.notice)
app.command("trace")(data.trace)
app.command("reconcile")(reconcile.reconcile)
app.command("sample")(data.sample)
app.command("rpc")(office.rpc)
app.command("doctor")(office.doctor)
app.command("keys")(operating.keys)
app.command("migrate")(operating.migrate)
app.command("topology")(operating.topology)
app.command("rebuild")(mending.rebuild)
app.command("restored")(mending.restored)
app.add_typer(bank.bank, name="bank")
app.add_typer(operating.parked, name="parked")
app.add_typer(retention.retention, name="retention")
app.add_typer(rules.rules, name="rules")

_debugging = False


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    global _debugging  # noqa: PLW0603 - one command line, one process
    _debugging = debug


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 wrongly typed, 3 some records rejected."""
    try:
        app(args=arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED if end.code else 0
    except Exception as error:  # noqa: BLE001 - the last place that can tell it in one line
        if _debugging:
            traceback.print_exception(error)
        errors.print(_told(error), highlight=False, soft_wrap=True, markup=False)
        return FAILED
    return 0


def _told(error: Exception) -> str:
    """One line: what is wrong, and the code."""
    match error:
        case CallRefused() | Refusal():
            return f"canlian: {error.message} [{error.code}]"
        case CallUnavailable():
            return f"canlian: {error}; is the office running? [call.unavailable]"
        case PackageError():
            return f"canlian: {error}"
        case SettingsError() | Stalled() | Parked() | RunStalled() | BankRefused():
            return f"canlian: {error} [{error.code}]"
        case OSError():
            return f"canlian: {error.strerror or type(error).__name__}: {error.filename or ''} [io]"
        case _:
            # Its text may hold anything, even data of a person.
            return f"canlian: unexpected {type(error).__name__}; `canlian --debug …` shows where [internal]"
