"""What waits in the registry and in the subsidy service on a day, told in one line each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Ask = Callable[..., dict[str, Any]]
"""Calls a query of a service: its name, and its fields as keywords."""

_PAGE = 1000
_PROPOSALS = {"open": "疑似漏享", "stop": "疑似重复享受", "close": "疑似死亡", "move": "疑似迁出"}
_SURVEYED = {"answered": "已登记", "to_visit": "待入户", "to_revisit": "待回访", "gone": "已注销或迁出"}
_MISSING = {"organisation": "缺组织", "commissioner": "缺专职委员", "home": "缺残疾人之家"}
_FILES = (
    ("信访", "list_cases", "cases"),
    ("隐患", "list_risks", "risks"),
    ("法律援助", "list_legal_aid", "matters"),
    ("建议提案", "list_proposals", "proposals"),
    ("归档", "list_archives", "archives"),
    ("建设项目", "list_projects", "projects"),
)
"""Files with a last day: what they are, the query, and where its reply has them."""


def waiting(ask: Ask, ask_subsidy: Ask, day: str) -> Iterator[tuple[str, str]]:
    """What waits on the day, and how much of it; nothing of what nobody recorded. ask: of the registry."""
    lines = (
        ("证件申请 applications", _lights(ask("show_application_lights", day=day)["lights"])),
        ("补贴申请 claims", _lights(ask_subsidy("show_claim_lights", day=day)["lights"])),
        ("疑似核实 matching", _findings(ask, day)),
        ("动态更新 survey", _survey(ask)),
        ("组织网络 network", _gaps(ask, day)),
        ("逾期 overdue", _overdue(ask, day)),
    )
    return ((title, text) for title, text in lines if text)


def pages(ask: Ask, method: str, found: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """All that a query lists, page by page."""
    after = None
    while True:
        page = ask(method, **asked, after=after, limit=_PAGE)
        yield from page[found]
        after = page["after"]
        if after is None:
            return


def _lights(lights: list[dict[str, Any]]) -> str:
    if not lights:
        return ""
    running, yellow, red = (sum(light[name] for light in lights) for name in ("running", "yellow", "red"))
    return f"办理中 {running}：黄灯 {yellow}，红灯 {red}"


def _findings(ask: Ask, day: str) -> str:
    states = ["raised", "assigned"]
    found = pages(ask, "list_match_findings", "findings", states=states)
    proposed = Counter(each["proposes"] for each in found)
    late = sum(1 for _ in pages(ask, "list_match_findings", "findings", due_before=day))
    text = _counted(_PROPOSALS, proposed)
    return f"待核实 {proposed.total()}：{text}；逾期 {late}" if text else ""


def _survey(ask: Ask) -> str:
    rounds = list(pages(ask, "list_survey_rounds", "rounds"))
    if not rounds:
        return ""
    townships = ask("show_survey_progress", round_id=rounds[-1]["round_id"])["townships"]
    states: Counter[str] = Counter()
    for township in townships:
        states.update(township["by_state"])
    return f"{rounds[-1]['year']}年任务 {states.total()}：{_counted(_SURVEYED, states)}"


def _gaps(ask: Ask, day: str) -> str:
    gaps = pages(ask, "list_network_gaps", "gaps", day=day)
    return _counted(_MISSING, Counter(gap for each in gaps for gap in each["missing"]))


def _overdue(ask: Ask, day: str) -> str:
    late = {name: sum(1 for _ in pages(ask, method, found, due_before=day)) for name, method, found in _FILES}
    return _counted({name: name for name in late}, late)


def _counted(names: Mapping[str, str], counts: Mapping[str, int]) -> str:
    """Counts by their Chinese names, in the order of the names, without those of none."""
    return "，".join(f"{name} {counts[key]}" for key, name in names.items() if counts.get(key))
