"""The plugin that says which systems a passing test shows to work."""

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "tests.support.systems", "-p", "no:pytest_nameko")
HEAD = "import pytest\npytestmark = pytest.mark.system('REG-02')\n"


@pytest.fixture(autouse=True)
def plugin_on_path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def run(pytester: pytest.Pytester):
    def run(report: Path, **files: str) -> dict[str, dict[str, object]]:
        pytester.makepyfile(**files)
        names = [f"{name}.py" for name in files]
        pytester.runpytest_subprocess(*PLUGIN, "--systems-report", str(report), *names)
        return {entry["id"]: entry for entry in json.loads(report.read_text(encoding="utf-8"))}

    pytester.makeini("[pytest]\naddopts = --strict-markers")
    return run


def test_every_system_is_listed_and_only_a_tested_one_has_passed(run, tmp_path) -> None:
    entries = run(tmp_path / "new" / "report.json", test_it=f"{HEAD}def test_a(): pass")
    assert len(entries) == 71
    assert entries["REG-02"]["tests"] == ["test_it.py::test_a"]
    assert [id_ for id_, entry in entries.items() if entry["passed"]] == ["REG-02"]
    assert entries["SUB-01"] == {
        "id": "SUB-01",
        "zh": "困难残疾人生活补贴",
        "en": "Living subsidy for disabled persons in hardship (one of the two subsidies)",
        "tests": [],
        "passed": False,
    }


@pytest.mark.parametrize("body", ["assert False", "pytest.skip('later')"])
def test_one_test_that_does_not_pass_fails_its_system(run, tmp_path, body) -> None:
    entries = run(tmp_path / "report.json", test_it=f"{HEAD}def test_a(): pass\ndef test_b(): {body}")
    assert entries["REG-02"]["passed"] is False


@pytest.mark.parametrize("first", ["test_good", "test_bad"])
def test_a_second_process_adds_to_the_report_and_mends_nothing(run, tmp_path, first) -> None:
    files = {"test_good": f"{HEAD}def test_a(): pass", "test_bad": f"{HEAD}def test_a(): assert False"}
    for name in sorted(files, key=lambda name: name != first):
        entries = run(tmp_path / "report.json", **{name: files[name]})
    assert sorted(entries["REG-02"]["tests"]) == ["test_bad.py::test_a", "test_good.py::test_a"]
    assert entries["REG-02"]["passed"] is False


def test_an_unknown_system_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.system('REG-99')\ndef test_a(): pass")
    result = pytester.runpytest_subprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no system*REG-99*"])
