"""`canlian demo`: an office's year equals what the office has published, however often it is interrupted."""

import json
import re
from pathlib import Path
from random import Random

import pytest

from tests.e2e.cli import canlian, running

SMALL = ("--sample", "xinghe-2023")
# What is said in every run; how far a job or a follower is, is said only while somebody waits for it.
STAGES = (
    "households.csv",
    "persons.csv",
    "certificate_acts.csv",
    "match_runs.csv",
    "survey_task_acts.csv",
    "match_finding_acts.csv",
    "enrolments.csv",
    "services.csv",
    "retrofits.csv",
    "trainees.csv",
    "fund_allotments.csv",
    "awards.csv",
    "approved by demo-checker",
    "disbursement fuel",
    "taking the snapshot",
    "查阅记录",
)


def hash_of(output: str) -> str:
    found = re.search(r"^hash ([0-9a-f]{64}) revision 1$", output, re.MULTILINE)
    assert found, output
    return found[1]


def all_equal(output: str, figures: int) -> bool:
    return f"{figures} of {figures} published figures are equal" in output and "✗" not in output


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The small sample's demo, undisturbed: where it was written, and what it printed."""
    out = tmp_path_factory.mktemp("small")
    return out, canlian("demo", "--out", str(out), *SMALL)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The county's demo, undisturbed."""
    out = tmp_path_factory.mktemp("full")
    return out, canlian("demo", "--out", str(out))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.system("REG-01")
@pytest.mark.system("REG-02")
@pytest.mark.system("REG-03")
@pytest.mark.system("REG-12")
@pytest.mark.system("REG-13")
@pytest.mark.system("REG-15")
@pytest.mark.system("REG-18")
@pytest.mark.system("REH-01")
@pytest.mark.system("REH-02")
@pytest.mark.system("REH-09")
@pytest.mark.system("REH-10")
@pytest.mark.system("EMP-04")
@pytest.mark.system("SUB-06")
@pytest.mark.system("SUB-07")
@pytest.mark.system("SUB-12")
def test_the_county_s_figures_are_those_it_has_published(full: tuple[Path, str]) -> None:
    out, output = full
    assert all_equal(output, 46), output
    document = json.loads((out / "snapshot-341524-2024.json").read_text("utf-8"))
    assert document["hash"] == hash_of(output)
    figures = {row["zh"]: row["value"] for row in document["indicators"]}
    assert figures["持证残疾人"] == 27066
    assert figures["托养资金(上级)"] == "133500.00"
    assert figures["上门评残活动评定"] == 30
    assert figures["矛盾纠纷排查"] == 6
    assert figures["区域性康复中心获批资金"] == "11880000.00"
    assert (out / "snapshot-341524-2024.xlsx").stat().st_size > 0
    assert (out / "snapshot-341524-2024.csv").stat().st_size > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demo_needs_less_than_a_gibibyte(full: tuple[Path, str]) -> None:
    _, output = full
    found = re.search(r"^[\d.]+ seconds, (\d+) MiB at most$", output, re.MULTILINE)
    assert found
    assert int(found[1]) < 1024


@pytest.mark.timeout(300)
def test_a_second_run_changes_nothing(small: tuple[Path, str]) -> None:
    out, output = small
    again = canlian("demo", "--out", str(out), *SMALL)
    assert hash_of(again) == hash_of(output)
    assert "everything was there already: unchanged" in again
    assert all_equal(again, 13)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(4))
def test_a_demo_killed_twice_at_any_stage_comes_to_the_same_end(
    tmp_path: Path, small: tuple[Path, str], seed: int
) -> None:
    first, second = sorted(Random(seed).sample(range(len(STAGES)), 2))  # noqa: S311 - to repeat a failure
    with running("demo", "--out", str(tmp_path), *SMALL) as demo:
        demo.wait_for(STAGES[first])
        demo.kill()
    with running("demo", "--out", str(tmp_path), *SMALL) as demo:
        # What was done before the first kill is not done again, so this stage may not come any more.
        if demo.reaches(STAGES[second]):
            demo.kill()
    output = canlian("demo", "--out", str(tmp_path), *SMALL)
    assert hash_of(output) == hash_of(small[1])
    assert all_equal(output, 13)


@pytest.mark.timeout(300)
def test_a_small_office_under_national_rules_alone_works_as_well(small: tuple[Path, str]) -> None:
    assert all_equal(small[1], 13), small[1]


@pytest.mark.timeout(300)
@pytest.mark.system("REG-03")
@pytest.mark.system("REG-05")
@pytest.mark.system("REG-07")
@pytest.mark.system("REG-09")
@pytest.mark.system("REG-12")
def test_one_screen_shows_what_the_registry_did_and_what_waits(small: tuple[Path, str]) -> None:
    _, output = small
    for line in (
        "办理中 2：黄灯 0，红灯 1",
        "待核实 3：疑似漏享 3；逾期 1",
        "2023年任务 3：已登记 3",
        "信访总数 3，信访诉求解决 2，热线和书记信箱满意度 100.00",
        "逾期 overdue 信访 1",
    ):
        assert line in re.sub(r" *[│┃] *", " ", output), line


@pytest.mark.timeout(300)
def test_a_person_is_shown_masked_and_who_read_of_them_is_shown_once_however_often_the_demo_runs(
    small: tuple[Path, str],
) -> None:
    out, output = small
    [person] = [line for line in output.splitlines() if "人员 person" in line]
    assert "*" in person
    assert not re.search(r"\d{8}", person)
    reads = [line for line in output.splitlines() if "查阅记录" in line]
    assert len(reads) == 1
    assert "demo-maker phone" in reads[0]
    again = canlian("demo", "--out", str(out), *SMALL)
    assert [line for line in again.splitlines() if "查阅记录" in line] == reads


@pytest.mark.timeout(300)
def test_a_half_written_sample_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "xinghe-2023").mkdir()
    (tmp_path / "xinghe-2023" / "persons.csv").write_text("id_num", "utf-8")
    assert all_equal(canlian("demo", "--out", str(tmp_path), *SMALL), 13)


@pytest.mark.timeout(300)
def test_a_figure_that_differs_is_shown_and_ends_with_1(tmp_path: Path) -> None:
    package = tmp_path / "xinghe-2023"
    canlian("sample", "xinghe-2023", str(package))
    published = package / "published.csv"
    published.write_text(published.read_text("utf-8").replace(",120,", ",121,"), "utf-8")
    output = canlian("demo", "--out", str(tmp_path), *SMALL, code=1)
    assert output.count("✗") == 1
    assert "12 of 13 published figures are equal" in output
