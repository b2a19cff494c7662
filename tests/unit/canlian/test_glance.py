"""One screen of the registry: counted page by page, without what nobody recorded."""

from typing import Any

from canlian.glance.figures import PARTS, figures
from canlian.glance.reads import read_person
from canlian.glance.waiting import pages, waiting
from services.reporting.definitions import catalogue
from services.reporting.domain.catalogue import dimensions_text

DAY = "2024-12-31"
EMPTY: dict[str, Any] = {
    "show_application_lights": {"lights": []},
    "show_claim_lights": {"lights": []},
    "list_match_findings": {"findings": [], "after": None},
    "list_survey_rounds": {"rounds": [], "after": None},
    "list_network_gaps": {"gaps": [], "after": None},
    "list_cases": {"cases": [], "after": None},
    "list_risks": {"risks": [], "after": None},
    "list_legal_aid": {"matters": [], "after": None},
    "list_proposals": {"proposals": [], "after": None},
    "list_archives": {"archives": [], "after": None},
    "list_projects": {"projects": [], "after": None},
}


class Registry:
    """Answers by method, and keeps what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = EMPTY | answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, method: str, **fields: Any) -> dict[str, Any]:
        self.asked.append((method, fields))
        answer = self.answers[method]
        found: dict[str, Any] = answer.pop(0) if isinstance(answer, list) else answer
        return found


def test_every_cell_of_a_part_is_one_that_snapshots_show() -> None:
    shown = {
        f"{indicator.code} {dimensions_text(cut.dimensions)}".rstrip()
        for indicator in catalogue().indicators
        for cut in indicator.cuts
    }
    assert {cell for cells in PARTS.values() for cell in cells} <= shown


def test_figures_of_nothing_are_left_out_and_parts_of_nothing_as_well() -> None:
    values = {"registry.petition.received": 3, "registry.petition.hotline_satisfaction_rate": "100.00"}
    indicators = []
    for cell in (cell for cells in PARTS.values() for cell in cells):
        code, _, pair = cell.partition(" ")
        dimensions = dict([pair.split("=")]) if pair else {}
        indicators.append({"code": code, "dimensions": dimensions, "zh": code, "value": values.get(cell, 0)})
    assert list(figures({"indicators": indicators})) == [
        ("信访 petitions", "registry.petition.received 3，registry.petition.hotline_satisfaction_rate 100.00")
    ]


def test_nothing_waits_where_nothing_is_recorded() -> None:
    assert list(waiting(Registry(), Registry(), DAY)) == []


def test_what_waits_is_counted_by_what_is_to_be_done() -> None:
    lights = [
        {"desk": "1", "clock": "acceptance", "running": 3, "yellow": 1, "red": 1},
        {"desk": "2", "clock": "telling", "running": 2, "yellow": 1, "red": 0},
    ]
    findings = [{"proposes": proposes} for proposes in ("open", "close", "open")]
    progress = [{"by_state": {"answered": 2}}, {"by_state": {"answered": 1, "to_revisit": 1}}]
    gaps = [{"missing": ["commissioner", "home"]}, {"missing": ["home"]}]
    registry = Registry(
        show_application_lights={"lights": lights},
        list_match_findings=[
            {"findings": findings[:2], "after": "f"},
            {"findings": findings[2:], "after": None},
            {"findings": findings[:1], "after": None},
        ],
        list_survey_rounds={"rounds": [{"round_id": "r", "year": 2024}], "after": None},
        show_survey_progress={"townships": progress},
        list_network_gaps={"gaps": gaps, "after": None},
        list_risks={"risks": [{}, {}], "after": None},
    )
    subsidy = Registry(show_claim_lights={"lights": lights[1:]})
    assert [text for _, text in waiting(registry, subsidy, DAY)] == [
        "办理中 5：黄灯 2，红灯 1",
        "办理中 2：黄灯 1，红灯 0",
        "待核实 3：疑似漏享 2，疑似死亡 1；逾期 1",
        "2024年任务 4：已登记 3，待回访 1",
        "缺专职委员 1，缺残疾人之家 2",
        "隐患 2",
    ]
    late = [fields for method, fields in registry.asked if method == "list_risks"]
    assert [fields["due_before"] for fields in late] == [DAY]


def test_a_list_is_read_to_its_last_page() -> None:
    first, second = [{"ref": "1"}, {"ref": "2"}], [{"ref": "3"}]
    registry = Registry(list_cases=[{"cases": first, "after": "b"}, {"cases": second, "after": None}])
    assert list(pages(registry, "list_cases", "cases")) == first + second
    assert [fields["after"] for _, fields in registry.asked] == [None, "b"]


def person_of_a_case(*reads: list[Any]) -> Registry:
    return Registry(
        list_cases={"cases": [{"person_id": None}, {"person_id": "p"}], "after": None},
        find_person={
            "name": "王**",
            "id_number": "99**",
            "certificate": {"category": "physical", "grade": 2},
        },
        list_transport_entitlements={"entitled": [{}]},
        list_person_reads=[{"reads": each} for each in reads],
        reveal_person={},
    )


def test_a_person_is_read_once_and_the_log_says_by_whom() -> None:
    read = {"actor": "demo-maker", "fields": ["phone"], "purpose": "核对"}
    first, again = person_of_a_case([], [read]), person_of_a_case([read], [read])
    for registry, times in ((first, 1), (again, 0)):
        lines = list(read_person(registry, DAY))
        assert [text for _, text in lines] == ["王** 99** 肢体残疾2级，免费乘车", "demo-maker phone：核对"]
        assert [method for method, _ in registry.asked].count("reveal_person") == times


def test_without_a_case_about_somebody_nobody_is_read() -> None:
    registry = Registry()
    assert list(read_person(registry, DAY)) == []
    assert [method for method, _ in registry.asked] == ["list_cases"]
