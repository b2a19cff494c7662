"""Every service has the same rooms, and its README lists what the code has: no more, no less."""

import ast
import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram

from chassis import metrics
from chassis.office import service_class
from contracts import catalogue
from contracts.message import Command, Query, Request
from tests.docs.pages import cells, code

SERVICES = Path(__file__).parents[2] / "services"
TESTS = Path(__file__).parents[1] / "services"
FILES = {"README.md", "__init__.py", "repository.py", "service.py", "tables.py"}
FOLDERS = {"domain", "handlers", "migrations", "rules"}
# A room that one module is too small for: `<topic>_<room>.py` beside it, or alone.
MORE_OF_A_ROOM = re.compile(r"[a-z_]+_(methods|queries|repository|tables)\.py")
METHODS = {"command", "query", "daily", "job", "follow"}
HEADINGS = [
    "Owns",
    "Commands",
    "Queries",
    "Events out",
    "Events in",
    "Tables",
    "Rules",
    "Metrics",
    "Systems",
]
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 300, 40

pytestmark = pytest.mark.parametrize("name", catalogue.SERVICES)


def section(name: str, heading: str) -> str:
    """The part of a README below a heading, without its sub-headings' own marks."""
    readme = (SERVICES / name / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", readme, re.MULTILINE))[heading]


def listed(name: str, heading: str) -> dict[str, str]:
    """The first table of a section: the names in its first column, each with the second column."""
    found = re.search(r"^\|.*(?:\n\|.*)*", section(name, heading), re.MULTILINE)
    rows = [cells(row) for row in found[0].splitlines()[2:]] if found else []
    assert rows or section(name, heading).strip() == "None."
    return {code(row[0])[0]: row[1] for row in rows}


def offered(name: str, kind: type[Request]) -> dict[str, str]:
    """The service's own methods of a kind, each with the roles that may call it."""
    own = {message.TYPE.partition(".")[2] for message in getattr(catalogue, name).REQUESTS}
    endpoints = service_class(name).endpoints()
    assert own <= endpoints.keys()
    return {
        method: ", ".join(sorted(endpoints[method].roles))
        for method in own
        if issubclass(endpoints[method].message, kind)
    }


def modules(name: str) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((SERVICES / name).rglob("*.py"))
    }


def test_a_service_has_the_same_rooms_as_the_others_and_a_reason_for_each_of_its_own(name: str) -> None:
    rooms = {path.name for path in (SERVICES / name).iterdir() if path.name != "__pycache__"}
    usual = FILES | FOLDERS | ({"queries.py"} if offered(name, Query) else set())
    assert usual <= rooms
    for extra in rooms - usual:
        if not MORE_OF_A_ROOM.fullmatch(extra):
            docstring = ast.get_docstring(ast.parse((SERVICES / name / extra).read_text(encoding="utf-8")))
            assert "A room of its own because" in (docstring or ""), f"{name}/{extra}"


def test_tables_and_methods_stand_in_the_rooms_named_after_them(name: str) -> None:
    astray = []
    for path, tree in modules(name).items():
        if path.parent.name == "migrations":
            continue
        room = path.stem.rpartition("_")[2]
        for node in ast.walk(tree):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
            if (called == "Table" and room != "tables") or (
                called in METHODS and room not in {"methods", "service"}
            ):
                astray.append(f"{path.relative_to(SERVICES)}: {called}")
    assert astray == []


def test_migrations_are_numbered_and_say_what_they_do(name: str) -> None:
    files = sorted(path.stem for path in (SERVICES / name / "migrations").glob("*.py"))
    assert files[0] == f"0001_create_{name}"
    assert [int(file[:4]) for file in files] == list(range(1, len(files) + 1))


def test_modules_and_functions_are_short(name: str) -> None:
    long = []
    for path, tree in modules(name).items():
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_MODULE_LINES:
            long.append(path.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                long += [f"{path.name}: {node.name}"] if lines > MAX_FUNCTION_LINES else []
    assert long == []


def test_everything_public_says_what_it_is(name: str) -> None:
    silent = []
    for path, tree in modules(name).items():
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        inside = [node for each in classes if not each.name.startswith("_") for node in each.body]
        for node in (tree, *tree.body, *inside):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.startswith("_"):
                continue
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(SERVICES)}: {getattr(node, 'name', 'module')}")
    assert silent == []


def test_the_readme_has_the_same_headings_as_the_others(name: str) -> None:
    readme = (SERVICES / name / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", readme, re.MULTILINE) == HEADINGS


def test_the_readme_lists_every_command_and_query_with_its_roles(name: str) -> None:
    assert listed(name, "Commands") == offered(name, Command)
    assert listed(name, "Queries") == offered(name, Query)


def test_the_readme_lists_every_event_and_every_service_it_follows(name: str) -> None:
    own = {event for event in catalogue.EVENTS if event.startswith(f"{name}.")}
    assert listed(name, "Events out").keys() == own
    assert listed(name, "Events in").keys() == service_class(name).followed().keys()
    assert service_class(name).followed().keys() == set(catalogue.SUBSCRIPTIONS.get(name, ()))


def test_the_readme_lists_every_table(name: str) -> None:
    assert listed(name, "Tables").keys() == service_class(name).tables.tables.keys()


def test_the_readme_names_every_file_of_rules(name: str) -> None:
    folder = SERVICES / name
    files = {str(path.relative_to(folder)) for path in (folder / "rules").rglob("*.yaml")}
    named = {
        text for text in code(section(name, "Rules")) if text.startswith("rules/") and "<office>" not in text
    }
    assert named == {file for file in files if not file.startswith("rules/offices/")}


def test_the_readme_names_metrics_that_exist(name: str) -> None:
    known = {
        sample
        for metric in vars(metrics).values()
        if isinstance(metric, Counter | Gauge | Histogram)
        for family in metric.describe()
        for sample in (family.name, f"{family.name}_total")
    }
    named = {text for text in code(section(name, "Metrics")) if text.startswith("canlian_")}
    assert named
    assert named <= known


def test_the_readme_names_the_systems_that_its_tests_tell_the_stories_of(name: str) -> None:
    told = {
        system
        for path in (TESTS / name).glob("test_*.py")
        for system in re.findall(r'mark\.system\("([A-Z]{3}-\d{2})"\)', path.read_text(encoding="utf-8"))
    }
    assert set(re.findall(r"[A-Z]{3}-\d{2}", section(name, "Systems"))) == told
