"""Commands about rules: whether their files can be trusted, and what they say."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from canlian.calling import Identity
from canlian.commands.options import OPERATOR, AsOption, DataDirOption, OfficeOption, console
from canlian.connecting import connect
from canlian.settling import settle
from chassis import clock
from chassis.office import service_class
from chassis.runtime import own_rules
from contracts.catalogue import SERVICES
from kernel.regions import RegionCode
from kernel.rulebook import RuleBook, RuleFileError

rules = typer.Typer(help="Rule files: check them, explain a scheme of subsidies.", no_args_is_help=True)


@rules.command()
def check(
    rules_dir: Annotated[
        Path | None,
        typer.Option(
            "--rules-dir",
            metavar="DIR",
            envvar="CANLIAN_RULES_DIR",
            help="The office's own rule files, in a folder for each service, read beside the others.",
        ),
    ] = None,
    office: Annotated[
        str | None,
        typer.Option("--office", metavar="CODE", envvar="CANLIAN_OFFICE", help="Whose own files they are."),
    ] = None,
) -> None:
    """Read every rule file of every service, for every office, and tell each mistake with file, line and key.

    Exit code 1 when something is wrong. A service with such rules does not start.

    Example: canlian rules check --rules-dir /srv/rules --office 341524
    """
    if rules_dir is not None and office is None:
        raise typer.BadParameter("name the office whose files they are", param_hint="--office")
    wrong = False
    for name in SERVICES:
        service = service_class(name)
        folder = service.directory() / "rules"
        offices = sorted(path.stem for path in folder.glob("offices/*.yaml"))
        told: dict[str, None] = {}
        count = 0
        cases: list[tuple[str | None, Path | None]] = [(None, None), *((each, None) for each in offices)]
        if rules_dir is not None:
            cases.append((office, rules_dir))
        for whose, own in cases:
            try:
                book = RuleBook.load(folder, whose, own_rules(service, own) if own else None)
                told |= dict.fromkeys(service.rule_problems(book))
                count = max(count, len(book.keys()))
            except RuleFileError as error:
                told[str(error)] = None
        wrong = wrong or bool(told)
        for problem in told:
            console.print(f"[red]✗[/] {_short(problem, folder)}", highlight=False, soft_wrap=True)
        if not told:
            console.print(f"[green]✓[/] {name}: {count} rules, {len(offices)} offices", highlight=False)
    if wrong:
        raise typer.Exit(1)


def _short(problem: str, folder: Path) -> str:
    return problem.replace(f"{folder.parent.parent}/", "").replace("[", "\\[")


@rules.command()
def explain(
    scheme: Annotated[str, typer.Argument(help="A scheme of the subsidy service, such as living")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the rules. Default: today.")
    ] = None,
    known_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was known on that day. Default: all."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="CODE", help="Division, 2 to 12 digits. Default: the office's.")
    ] = None,
    subject: AsOption = OPERATOR,
    office: OfficeOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Show what a scheme asks for and what it pays, in Chinese, with the document of each rule.

    Example: canlian rules explain living --on 2026-02-26 --region 44
    """
    settings = settle(office, data_dir)
    division = RegionCode.parse(region or settings.office).value
    day = on.date() if on else clock.office_day(clock.now())
    fields = {
        "scheme": scheme,
        "region": division,
        "on": day.isoformat(),
        "known_on": known_on.date().isoformat() if known_on else None,
    }
    with connect(settings) as caller:
        told = caller.call("subsidy", "explain_scheme", fields, Identity(subject, frozenset({"auditor"})))
    console.print(_table(told["rules"], scheme, division, day))


def _table(told: list[dict[str, str]], scheme: str, division: str, day: date) -> Table:
    table = Table(title=f"{scheme} {division} {day}", header_style="bold")
    for name in ("规则", "名称", "内容", "起始", "知悉", "依据"):
        table.add_column(name, overflow="fold")
    for rule in told:
        doubt = "（待确认）" if rule["certainty"] == "assumed" else ""
        document = f"{rule['document']}{doubt}"
        table.add_row(
            rule["rule"], rule["name"], rule["value"], rule["valid_from"], rule["known_from"], document
        )
    return table
