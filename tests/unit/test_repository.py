"""What must hold of the repository itself: what it names, what it locks, what it promises."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
# Put together here, so that this file does not match itself.
REGISTRIES = re.compile(
    "|".join(["py" + r"pi\.org", "pythonho" + r"sted\.org", "npm" + r"js\.(org|com)", "deb" + r"ian\.org"])
    + "|--(extra-)?" + "index-url|--find-" + "links",
)  # fmt: skip
ABSOLUTE_PATHS = re.compile("(?<![A-Za-z0-9_.~*$}/])/" + "(work|root|home|Users)/")
PACKAGES = ("canlian", "chassis", "contracts", "kernel", "services")
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "shared", "misc"}


@cache
def tracked() -> list[Path]:
    """Tracked files, and those that the next commit would take in."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    assert ROOT / "pyproject.toml" in files
    return files


def lines_matching(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # an image or a workbook
            continue
        found += [
            f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def locked(name: str) -> dict[str, str]:
    """The versions in requirements/{name}.txt by canonical name."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def imported(file: Path) -> set[str]:
    """The top-level names that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def make_targets() -> set[str]:
    phony = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the matter of the machine that installs them."""
    assert lines_matching(REGISTRIES, tracked()) == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert lines_matching(ABSOLUTE_PATHS, tracked()) == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {file: {file.stem, *file.relative_to(ROOT).parent.parts} for file in tracked()}
    assert [str(file) for file, names in parts.items() if names & VAGUE_NAMES] == []


def test_no_test_lies_outside_the_folders_that_make_test_runs() -> None:
    assert list((ROOT / "tests").glob("test_*.py")) == []


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^  make ([\w-]+) +\S", listed, re.MULTILINE)) == make_targets()


def test_every_make_target_that_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)|^ *\$? ?make ([a-z-]+)", readme, re.MULTILINE))
    assert len(named) > 1
    assert {quoted or line for quoted, line in named} <= make_targets()


@pytest.mark.parametrize("name", ["runtime", "dev", "bench"])
def test_every_locked_requirement_has_one_version_and_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text.replace("\\\n", ""))[1:]
    assert len(entries) > 40
    locked = re.compile(r"[\w.-]+==\S+(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [entry for entry in entries if not locked.fullmatch(entry)] == []


def test_the_locks_cover_what_the_project_asks_for_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, dev, bench = locked("runtime"), locked("dev"), locked("bench")
    assert runtime.items() <= dev.items() <= bench.items()
    extras = project["optional-dependencies"]
    for wanted, lock in ((project["dependencies"], runtime), (extras["dev"], dev), (extras["bench"], bench)):
        for requirement in map(Requirement, wanted):
            assert lock[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_the_product_imports_nothing_that_only_the_tests_install() -> None:
    """An import that happens to work beside pytest and mypy fails at an office, which has neither."""
    distributions, runtime = packages_distributions(), locked("runtime")
    known = {*sys.stdlib_module_names, *PACKAGES, "_typeshed"}  # _typeshed: mypy's own, under TYPE_CHECKING
    product = [file for name in PACKAGES for file in (ROOT / name).rglob("*.py")]
    assert len(product) > 100
    foreign = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in product
        for name in imported(file) - known
        if not any(canonicalize_name(source) in runtime for source in distributions.get(name, []))
    }
    assert foreign == set()
