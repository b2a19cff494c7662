"""What the pages say about the repository is so: folders, files, links, commands, decisions."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer
import yaml

from canlian.commands.app import app
from tests.docs.pages import ROOT, code, fences, pages, prose, table, text_of, tracked

FOLDERS = {name.split("/")[0] for name in tracked() if "/" in name}
PATH = re.compile(r"[\w.-]+/[\w./*-]*")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
BY_OTHERS = {"docs/data-package.md"}
"""Pages with snippets and paths of another kind."""


def matches(path: str, file: str) -> bool:
    """Whether a tracked file is what a page means: itself, one of a pattern, or something in the folder."""
    return fnmatch(file, path) or file.startswith(f"{path.rstrip('/')}/")


def page_names() -> list[str]:
    names = (str(page.relative_to(ROOT)) for page in pages())
    return [name for name in names if name not in BY_OTHERS]


@pytest.mark.parametrize("name", page_names())
def test_every_path_that_a_page_names_exists(name: str):
    paths = {
        word for word in code(prose(ROOT / name)) if PATH.fullmatch(word) and word.split("/")[0] in FOLDERS
    }
    assert [path for path in sorted(paths) if not any(matches(path, file) for file in tracked())] == []


@pytest.mark.parametrize("name", page_names())
def test_every_link_leads_somewhere(name: str):
    links = {link for link in LINK.findall(prose(ROOT / name)) if not link.startswith("https://")}
    assert [link for link in sorted(links) if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", page_names())
def test_every_make_target_that_a_page_names_exists(name: str):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {found[1] for word in code(prose(ROOT / name)) if (found := re.match(r"make ([a-z-]+)", word))}
    assert named - targets == set()


def test_the_readme_maps_every_folder_and_no_other():
    mapped = [code(row[0])[0] for row in table(text_of("README.md"), "Map")]
    assert sorted(mapped) == sorted(f"{folder}/" for folder in FOLDERS)


def test_the_readme_has_one_session_that_begins_with_the_demo():
    [session] = re.findall(r"<!-- session -->\n(.*?)<!-- /session -->", text_of("README.md"), re.DOTALL)
    assert re.match(r"```\w*\n\$ make demo\n", session)
    assert session.rstrip().endswith("```")


def test_the_readme_shows_every_command_with_options_that_exist():
    [shell] = [fence for fence in fences(ROOT / "README.md") if "canlian up" in fence.text]
    lines = [line.split("#")[0].split() for line in shell.text.splitlines()]
    known = typer.main.get_command(app)
    commands = known.commands  # type: ignore[attr-defined]
    assert {line[1] for line in lines} == set(commands)
    for _, name, *words in lines:
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, name


def test_the_contributing_page_knows_every_folder_of_tests():
    named = {code(row[0])[0].removeprefix("tests/") for row in table(text_of("CONTRIBUTING.md"), "Tests")}
    folders = {name.split("/")[1] for name in tracked() if re.match(r"tests/\w+/(.*/)?test_\w+\.py", name)}
    assert folders <= named


def test_the_changelog_names_every_rule_with_its_first_day():
    files: dict[str, list[str]] = {}
    current = ""
    for row in table(text_of("CHANGELOG.md"), "Rules"):
        current = (code(row[0]) or [current])[0]
        files.setdefault(current, []).append(" ".join(row))
    rules = {str(path.relative_to(ROOT)): path for path in (ROOT / "services").glob("*/rules/**/*.yaml")}
    rules = {
        name: path for name, path in rules.items() if "/catalogue/" not in name and "/layouts/" not in name
    }
    assert files.keys() == rules.keys()
    for name, path in rules.items():
        written = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        first = {min(value["from"] for value in rule["values"]).isoformat() for rule in written.values()}
        text = " ".join(files[name])
        assert min(first) in text, name


# Decisions ---------------------------------------------------------------------------------------

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_decisions_are_numbered_without_gaps():
    numbers = [int(page.name.split("-")[0]) for page in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_why_what_follows_and_how_to_undo_it(page: Path):
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]} ")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "How to undo"]


def test_every_decision_that_a_page_names_exists():
    numbers = {page.name[:4] for page in DECISIONS}
    named = {each for page in pages() for each in re.findall(r"\bdecision (\d{4})", page.read_text("utf-8"))}
    assert named
    assert named <= numbers


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def test_decision_0001_lists_every_file_that_knows_nameko_kombu_or_eventlet():
    watched = ({"nameko"}, {"kombu", "amqp"}, {"eventlet", "greenlet"})
    found = {}
    for name in tracked():
        if name.endswith(".py") and name.split("/")[0] in {
            "kernel",
            "contracts",
            "chassis",
            "services",
            "canlian",
        }:
            imported = imports_of(ROOT / name)
            marks = tuple(bool(imported & libraries) for libraries in watched)
            if any(marks):
                found[name] = marks
    rows = table(text_of("docs/decisions/0001-nameko-and-eventlet.md"), "Decision")
    assert {code(row[0])[0]: tuple(cell == "yes" for cell in row[1:4]) for row in rows} == found
