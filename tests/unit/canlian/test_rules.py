"""The commands about rules."""

from pathlib import Path

import pytest

from canlian.commands import run
from chassis.office import service_class


def test_the_rules_as_they_are_shipped_are_without_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check"]) == 0

    told = capsys.readouterr().out
    assert "✓ subsidy: " in told
    assert "✗" not in told


def test_every_mistake_is_told_with_file_line_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subsidy = service_class("subsidy")
    rules = subsidy.directory() / "rules"
    (tmp_path / "rules" / "offices").mkdir(parents=True)
    text = (rules / "fuel.yaml").read_text("utf-8")
    (tmp_path / "rules" / "fuel.yaml").write_text(text.replace('"year"', '"weekly"'), "utf-8")
    bad = "rules:\n  fuel.rate.vehicle:\n    description: A rate\n    unit: yuan\n"
    (tmp_path / "rules" / "offices" / "341524.yaml").write_text(bad, "utf-8")
    monkeypatch.setattr(subsidy, "directory", lambda: tmp_path)

    assert run(["rules", "check"]) == 1

    told = capsys.readouterr().out
    assert (
        'rules/fuel.yaml:17: unknown word "weekly" in rule fuel.cadence, expected month, quarter, year'
        in told
    )
    assert 'rules/offices/341524.yaml:3: rule fuel.rate.vehicle has no "values", expected one' in told
