"""The pages of docs/howto are run, snippet by snippet: a page that no longer works fails here.

A snippet whose first line is `# file: <path>` is written to that path below the page's folder. Any other
python snippet is executed, in the order of the page, in one module that knows the folder as `folder`.
"""

import copy
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import catalogue
from services.reporting import definitions
from tests.docs.pages import ROOT, fences

PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))
FILE = re.compile(r"# file: (\S+)\n")


@pytest.fixture(autouse=True)
def registries_left_as_they_were() -> Iterator[None]:
    """A page may register its own messages and catalogue; the next one must not see them."""
    lists: list[dict[str, Any]] = [catalogue.EVENTS, catalogue.REQUESTS, catalogue.SUBSCRIPTIONS]
    before, directory = [copy.copy(each) for each in lists], definitions.DIRECTORY
    yield
    for each, contents in zip(lists, before, strict=True):
        each.clear()
        each.update(contents)
    definitions.DIRECTORY = directory
    definitions.catalogue.cache_clear()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_snippet_of_the_page_runs(page: Path, tmp_path: Path) -> None:
    module = types.ModuleType(f"howto_{page.stem.replace('-', '_')}")
    module.__file__ = str(tmp_path / "service.py")  # the service's folder, for its migrations and rules
    module.__dict__["folder"] = tmp_path
    sys.modules[module.__name__] = module
    executed = 0
    try:
        for fence in fences(page):
            if file := FILE.match(fence.text):
                target = tmp_path / file[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(fence.text, encoding="utf-8")
            elif fence.language == "python":
                # Blank lines before it, so that a traceback names the line of the page.
                code = compile("\n" * fence.line + fence.text, str(page), "exec")
                exec(code, module.__dict__)  # noqa: S102 - the page is ours
                executed += 1
    finally:
        del sys.modules[module.__name__]
    assert executed > 1


def test_there_is_a_page_for_each_thing_that_is_added_often() -> None:
    assert [page.stem for page in PAGES] == [
        "add-a-command",
        "add-a-rule",
        "add-an-event",
        "add-an-indicator",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_yaml_snippet_is_used(page: Path) -> None:
    assert [
        fence.line for fence in fences(page) if fence.language == "yaml" and not FILE.match(fence.text)
    ] == []
