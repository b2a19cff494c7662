"""An office adds a scheme of its own as the README says: a file of rules in a folder, and no code."""

from pathlib import Path

import pytest

from canlian.commands import run
from chassis.runtime import Runtime
from contracts import subsidy as messages
from kernel.rulebook import RuleFileError
from services.subsidy.service import SubsidyService
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, events, pay
from tests.support.platform import Harness
from tests.support.registry_events import identifier

OFFICE = "341524"
FUEL = SubsidyService.directory() / "rules" / "fuel.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The office's rules: the file of the most similar scheme, with another code and amount."""
    files = tmp_path / "rules" / "subsidy"
    files.mkdir(parents=True)
    own = FUEL.read_text("utf-8").replace("  fuel.", "  batteries.").replace('"260.00"', '"180.00"')
    (files / "batteries.yaml").write_text(own, "utf-8")
    return files.parent


def with_rules(subsidy: Harness, folder: Path) -> None:
    """The service as it starts with the office's folder."""
    settings = subsidy.runtime.settings.model_copy(update={"rules_dir": folder})
    url = subsidy.runtime.database.engine.url.render_as_string(hide_password=False)
    started = Runtime(SubsidyService, settings, url)
    subsidy.runtime.rules = started.rules
    started.close()


def test_an_office_adds_a_scheme_by_a_file_and_pays_it(subsidy: Harness, folder: Path) -> None:
    assert run(["rules", "check", "--rules-dir", str(folder), "--office", OFFICE]) == 0
    with_rules(subsidy, folder)
    subsidy.feed("registry", [factories.certified(1)])
    asked = {"scheme": "batteries", "person_id": identifier(1), "on": "2024-06-03"}
    asked |= {"variant": "vehicle"}

    would = subsidy.call("check_entitlement", asked, subsidy.auditor())
    outcomes = subsidy.bulk("grant_awards", [factories.award(1, scheme="batteries")])
    pay(subsidy, "batteries")

    assert would["amount"] == "180.00"
    assert codes(outcomes) == ["created"]
    paid = [(event.scheme, event.amount) for event in events(subsidy, messages.PaymentMade)]
    assert paid == [("batteries", "180.00")]


def test_an_office_replaces_a_rate_and_keeps_all_other_rules(subsidy: Harness, folder: Path) -> None:
    [_, rate, *_] = FUEL.read_text("utf-8").split("  fuel.rate.vehicle:")
    rate = "rules:\n  fuel.rate.vehicle:" + rate.split("  fuel.notice_days:")[0].replace(
        '"260.00"', '"300.00"'
    )
    (folder / "subsidy" / "rates.yaml").write_text(rate, "utf-8")
    with_rules(subsidy, folder)
    subsidy.feed("registry", [factories.certified(1)])

    assert codes(subsidy.bulk("grant_awards", [factories.award(1)])) == ["created"]

    assert pay(subsidy, "fuel")["amount"] == "300.00"


def test_a_service_with_a_wrong_file_of_the_office_does_not_start(
    subsidy: Harness, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "subsidy" / "batteries.yaml"
    file.write_text(file.read_text("utf-8").replace("batteries.funding", "batteries.founding"), "utf-8")

    with pytest.raises(RuleFileError, match=r"batteries\.yaml:.*founding"):
        with_rules(subsidy, folder)

    assert run(["rules", "check", "--rules-dir", str(folder), "--office", OFFICE]) == 1
    assert "founding" in capsys.readouterr().out


def test_a_folder_of_no_service_is_told(subsidy: Harness, folder: Path) -> None:
    (folder / "subsidy").rename(folder / "subsidies")

    with pytest.raises(RuleFileError, match=r"subsidies: no such service"):
        with_rules(subsidy, folder)


def test_a_folder_that_is_not_there_is_told(subsidy: Harness, tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="no such directory"):
        with_rules(subsidy, tmp_path / "nowhere")
