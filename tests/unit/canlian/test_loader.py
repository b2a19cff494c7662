"""Loading a package, against an office in memory."""

from pathlib import Path

import pytest

from canlian.calling import CallUnavailable
from canlian.lists.department_file import HEADERS, DepartmentFile
from canlian.load import following, patience, paying
from canlian.load import loader as loading
from canlian.load.following import Parked, Stalled
from canlian.load.loader import Loader
from canlian.load.outcome import Loaded, Rejections
from canlian.load.paying import RunStalled
from canlian.package.kinds import BULK
from canlian.package.reader import Package
from tests.unit.canlian.fake_office import SILENT, FakeOffice, FakeShown, identifier
from tests.unit.canlian.packages import write_package

PERSONS = "id_number,name,region,registered_on\n"
NEEDS = "ref,id_number,type,registered_on\n"
FLAGS = "ref,household_ref,flag,holds,source,told_on\n"
RUNS = "scheme,period,region,pay_on\nfuel,2024,341524000000,2024-12-16\n"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (following, paying):
        monkeypatch.setattr(module, "POLL_SECONDS", 0)
    monkeypatch.setattr(patience, "_PAUSE_SECONDS_MAX", 0)


def persons(count: int, first: int = 0) -> str:
    return "".join(f"P{number},名,341524100201,2024-01-02\n" for number in range(first, first + count))


def load(
    folder: Path,
    office: FakeOffice,
    approve_as: str | None = None,
    rejections: Rejections | None = None,
    practice: bool = True,
) -> Loaded:
    rejections = rejections or Rejections()
    return Loader(Package(folder), office, "maker", approve_as, FakeShown(), rejections, practice).load()


def tally(loaded: Loaded, file: str) -> tuple[int, int, int]:
    counts = loaded.files[file]
    return counts.created, counts.unchanged, counts.rejected


def test_records_go_in_chunks_under_keys_made_of_their_content(tmp_path: Path) -> None:
    folder = write_package(tmp_path, persons=PERSONS + persons(1201))
    first, second = FakeOffice(), FakeOffice()
    assert tally(load(folder, first), "persons.csv") == (1201, 0, 0)
    load(folder, second)
    commands = first.sent("register_persons")
    assert [len(command["items"]) for command in commands] == [500, 500, 201]
    keys = [command["idempotency_key"] for command in commands]
    assert len(set(keys)) == 3
    assert keys == [command["idempotency_key"] for command in second.sent("register_persons")]
    assert all("P0" not in key and len(key) <= 200 for key in keys)


def test_loading_again_creates_nothing_and_says_so(tmp_path: Path) -> None:
    folder = write_package(tmp_path, persons=PERSONS + persons(3))
    office = FakeOffice()
    assert load(folder, office).changed
    again = load(folder, office)
    assert tally(again, "persons.csv") == (0, 3, 0)
    assert not again.changed


def test_rows_of_a_departments_file_are_counted_as_the_service_decides_them_now(tmp_path: Path) -> None:
    path = tmp_path / "低保名单.csv"
    path.write_text("身份证号,姓名\n" + "".join(f"{n},某\n" for n in range(3)) + ",某\n", "utf-8")
    office, rejections = FakeOffice(), Rejections()
    file = DepartmentFile(path, "B-1", HEADERS)
    for created, unchanged in ((3, 0), (0, 3)):
        loaded = Loader(file, office, "maker", None, FakeShown(), rejections).load()
        assert tally(loaded, "department_rows.csv") == (created, unchanged, 1)
    assert [(each.file, each.line) for each in rejections.shown] == [("department_rows.csv", 5)] * 2
    items = office.sent("record_department_rows")[0]["items"]
    assert items[0] == {"list_ref": "B-1", "id_number": "0"}


def test_records_that_no_event_tells_of_are_counted_by_the_replies(tmp_path: Path) -> None:
    folder = write_package(
        tmp_path,
        persons=PERSONS + persons(2),
        benefit_marks="ref,id_number,benefit,month\nM-1,P0,living,2024-05\nM-2,P1,living,2024-05\n",
        household_flags=FLAGS + "F-1,H-1,dibao,true,civil_affairs,2024-05-01\n",
    )
    office = FakeOffice()
    for created, unchanged in ((1, 0), (0, 1)):
        loaded = load(folder, office)
        assert tally(loaded, "household_flags.csv") == (created, unchanged, 0)
        assert tally(loaded, "benefit_marks.csv") == (2 * created, 2 * unchanged, 0)
    assert {kind.method for kind in BULK if not kind.answered_from_memory} == SILENT


def test_a_longer_file_creates_only_what_is_new(tmp_path: Path) -> None:
    office = FakeOffice()
    load(write_package(tmp_path, persons=PERSONS + persons(3)), office)
    longer = load(write_package(tmp_path, persons=PERSONS + persons(5)), office)
    assert tally(longer, "persons.csv") == (2, 3, 0)


def test_an_optional_person_may_be_left_out_but_not_be_unknown(tmp_path: Path) -> None:
    cases = "ref,channel,matter,region,received_on,id_number\n" + "".join(
        f"{ref},visit,subsidy,341524100201,2024-02-01,{number}\n"
        for ref, number in (("X1", "P0"), ("X2", ""), ("X3", "P9"))
    )
    office, rejections = FakeOffice(), Rejections()
    folder = write_package(tmp_path, persons=PERSONS + persons(1), cases=cases)
    assert tally(load(folder, office, rejections=rejections), "cases.csv") == (2, 0, 1)
    (command,) = office.sent("record_cases")
    assert [item.get("person_id") for item in command["items"]] == [identifier("P0"), None]


def test_numbers_go_to_the_registry_alone(tmp_path: Path) -> None:
    office = FakeOffice()
    needs = NEEDS + "N1,P0,vocational,2024-02-01\nN2,P1,vocational,2024-02-01\n"
    loaded = load(write_package(tmp_path, persons=PERSONS + persons(2), training_needs=needs), office)
    assert tally(loaded, "training_needs.csv") == (2, 0, 0)
    (command,) = office.sent("register_training_needs")
    assert [item["person_id"] for item in command["items"]] == [identifier("P0"), identifier("P1")]
    assert all("P0" not in str(fields) for service, _, fields, _ in office.calls if service != "registry")


def test_an_unknown_person_costs_that_record_and_tells_the_column(tmp_path: Path) -> None:
    office = FakeOffice()
    needs = NEEDS + "N1,P9,vocational,2024-02-01\nN2,P1,vocational,2024-02-01\n"
    rejections = Rejections()
    folder = write_package(tmp_path, persons=PERSONS + persons(2), training_needs=needs)
    loaded = load(folder, office, rejections=rejections)
    assert tally(loaded, "training_needs.csv") == (1, 0, 1)
    (problem,) = rejections.shown
    assert (problem.line, problem.field, problem.code) == (2, "id_number", "package.unknown_person")
    assert "P9" not in str(problem)


def test_a_refusal_of_the_service_is_told_by_file_line_and_column(tmp_path: Path) -> None:
    office = FakeOffice()
    office.refuse.add("N2")
    needs = NEEDS + "N1,P0,vocational,2024-02-01\n\nN2,P1,vocational,2024-02-01\n"
    rejections = Rejections()
    folder = write_package(tmp_path, persons=PERSONS + persons(2), training_needs=needs)
    load(folder, office, rejections=rejections)
    assert [str(problem) for problem in rejections.shown] == [
        "training_needs.csv:4 id_number: No. [test.refused]"
    ]
    office.refuse.clear()
    assert tally(load(folder, office), "training_needs.csv") == (1, 1, 0)


def test_every_rejected_record_is_written_to_the_report(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "p", persons=PERSONS + "x\n" * 50 + persons(1))
    with Rejections.collecting(tmp_path / "out" / "rejected.csv") as rejections:
        loaded = load(folder, FakeOffice(), rejections=rejections)
    assert loaded.rejected == 50
    assert len(rejections.shown) == 20
    lines = (tmp_path / "out" / "rejected.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "file,line,field,code,message"
    assert len(lines) == 51
    assert lines[1].startswith("persons.csv,2,,row.field_count,")


def test_a_call_without_an_answer_is_sent_again_under_the_same_key(tmp_path: Path) -> None:
    office = FakeOffice()
    office.unavailable = 3
    folder = write_package(tmp_path, persons=PERSONS + persons(2))
    assert tally(load(folder, office), "persons.csv") == (2, 0, 0)
    assert len({command["idempotency_key"] for command in office.sent("register_persons")}) == 1
    assert len(office.sent("register_persons")) == 4


def test_a_service_that_never_answers_ends_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = FakeOffice()
    office.unavailable = 10**9
    folder = write_package(tmp_path, persons=PERSONS + persons(2))
    loader = Loader(Package(folder), office, "maker", None, FakeShown(), Rejections())
    monkeypatch.setattr(loader._caller, "_seconds", 0)
    with pytest.raises(CallUnavailable):
        loader.load()


def test_a_stage_begins_when_the_events_of_the_one_before_are_applied(tmp_path: Path) -> None:
    office = FakeOffice()
    office.slow = 40
    needs = NEEDS + "N1,P0,vocational,2024-02-01\n"
    load(write_package(tmp_path, persons=PERSONS + persons(2), training_needs=needs), office)
    methods = [method for _, method, _, _ in office.calls]
    between = methods[methods.index("register_persons") : methods.index("register_training_needs")]
    assert between.count("show_status") > 10


def test_a_stage_begins_when_the_runs_of_a_match_have_ended_whatever_other_jobs_do(
    tmp_path: Path,
) -> None:
    office = FakeOffice()
    match = {"kind": "registry.match", "state": "running", "done": 4000}
    others = [{"kind": "registry.names", "state": "running", "done": 1}, match | {"state": "failed"}]
    # The loader looks twice at the file of persons, to count what is new.
    office.jobs = [[], [], [match, *others], [match | {"done": 8000}], *[others] * 20]
    needs = NEEDS + "N1,P0,vocational,2024-02-01\n"
    load(write_package(tmp_path, persons=PERSONS + persons(1), training_needs=needs), office)
    methods = [(service, method) for service, method, _, _ in office.calls]
    between = methods[: methods.index(("employment", "register_training_needs"))]
    assert 5 <= between.count(("registry", "show_status")) < 10


def test_a_match_that_stands_still_ends_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STALLED_SECONDS", -1)
    office = FakeOffice()
    office.jobs = [[{"kind": "registry.match", "state": "planned", "done": 0}]] * 9
    with pytest.raises(Stalled, match=r"registry\.match has done 0"):
        load(write_package(tmp_path, persons=PERSONS + persons(1)), office)


def test_followers_that_stand_still_end_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STALLED_SECONDS", -1)
    office = FakeOffice()
    office.slow, office.stuck = 1, True
    with pytest.raises(Stalled, match="subsidy is 1 behind registry"):
        load(write_package(tmp_path, persons=PERSONS + persons(2)), office)


def test_events_put_aside_end_the_load(tmp_path: Path) -> None:
    office = FakeOffice()
    office.parked = 2
    with pytest.raises(Parked, match="2 of registry by subsidy"):
        load(write_package(tmp_path, persons=PERSONS + persons(2)), office)


def test_disbursements_stay_frozen_without_somebody_to_approve(tmp_path: Path) -> None:
    office = FakeOffice()
    (run,) = load(write_package(tmp_path, disbursements=RUNS), office).runs
    assert (run.state, run.list_hash) == ("frozen", "f" * 64)
    assert office.sent("approve_disbursement") == []


def test_disbursements_are_approved_by_a_second_account_and_paid_once(tmp_path: Path) -> None:
    office = FakeOffice()
    folder = write_package(tmp_path, disbursements=RUNS)
    (run,) = load(folder, office, approve_as="checker").runs
    assert (run.state, run.changed) == ("paid", True)
    roles = {who.subject: who.roles for _, method, _, who in office.calls if "disbursement" in method}
    assert "maker" in roles["maker"]
    assert "checker" in roles["checker"]
    assert "checker" not in roles["maker"]
    again = load(folder, office, approve_as="checker")
    assert not again.changed
    assert tally(again, "disbursements.csv") == (0, 1, 0)
    assert len(office.sent("approve_disbursement")) == 1


def test_without_the_practice_bank_nobody_is_told_of_what_is_approved(tmp_path: Path) -> None:
    office = FakeOffice()
    (run,) = load(write_package(tmp_path, disbursements=RUNS), office, "checker", practice=False).runs
    assert run.state == "approved"
    assert office.sent("instruct_disbursement") == []


def test_a_disbursement_that_is_refused_is_a_rejected_record(tmp_path: Path) -> None:
    office = FakeOffice()
    office.refuse.add("fuel")
    rejections = Rejections()
    loaded = load(write_package(tmp_path, disbursements=RUNS), office, "checker", rejections)
    assert tally(loaded, "disbursements.csv") == (0, 0, 1)
    assert rejections.shown[0].code == "subsidy.nothing_to_pay"


def test_a_run_that_stands_still_ends_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paying, "STALLED_SECONDS", -1)
    office = FakeOffice()
    office.stuck = True
    with pytest.raises(RunStalled, match="stays planning"):
        load(write_package(tmp_path, disbursements=RUNS), office)


STEPS = """ref,claim_ref,action,acted_on
1,SQ-1,accept,2024-05-06
2,SQ-1,approve,2024-05-07
3,SQ-2,accept,2024-05-06
4,SQ-1,post,2024-05-08
5,SQ-1,award,2024-05-20
6,SQ-2,approve,2024-05-07
7,SQ-3,withdraw,2024-05-07
"""


def test_steps_and_decisions_of_a_claim_go_in_their_order_each_in_its_own_name(tmp_path: Path) -> None:
    office = FakeOffice()
    folder = write_package(tmp_path, claim_steps=STEPS)
    assert tally(load(folder, office, approve_as="li"), "claim_steps.csv") == (7, 0, 0)
    sent = [
        (who.subject, [item["ref"] for item in fields["items"]])
        for _, method, fields, who in office.calls
        if method in {"record_claim_acts", "decide_claims"}
    ]
    assert sent == [("maker", ["1", "3", "7"]), ("li", ["2", "6"]), ("maker", ["4"]), ("li", ["5"])]
    again = load(folder, office, approve_as="li")
    assert tally(again, "claim_steps.csv") == (0, 7, 0)
    assert not again.changed


def test_a_claim_is_reviewed_in_the_name_of_who_did_not_check_it(tmp_path: Path) -> None:
    steps = "ref,claim_ref,action,acted_on\n" + "".join(
        f"{action}-{claim},{claim},{action},2026-05-06\n"
        for claim in ("A", "B")
        for action in ("check", "review", "approve", "post")
    )
    office = FakeOffice()
    package = Package(write_package(tmp_path, claim_steps=steps))
    shown, rejections = FakeShown(), Rejections()

    Loader(package, office, "maker", "li", shown, rejections, review_as="zhao").load()

    sent = [
        (who.subject, [item["ref"] for item in fields["items"]])
        for _, method, fields, who in office.calls
        if method in {"record_claim_acts", "decide_claims"}
    ]
    assert sent == [
        ("maker", ["check-A", "check-B"]),
        ("zhao", ["review-A", "review-B"]),
        ("li", ["approve-A", "approve-B"]),
        ("maker", ["post-A", "post-B"]),
    ]


def test_decisions_and_what_follows_them_wait_where_nobody_approves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK", 3)
    office, shown = FakeOffice(), FakeShown()
    folder = write_package(tmp_path, claim_steps=STEPS)
    loaded = Loader(Package(folder), office, "maker", None, shown, Rejections()).load()
    assert tally(loaded, "claim_steps.csv") == (3, 0, 0)
    assert "claim_steps.csv: 4 records wait for who decides, --approve-as ACCOUNT" in shown.titles
    assert office.sent("decide_claims") == []
    assert tally(load(folder, office, approve_as="li"), "claim_steps.csv") == (4, 3, 0)


def test_a_claim_names_the_guardian_by_the_office_s_reference(tmp_path: Path) -> None:
    office, rejections = FakeOffice(), Rejections()
    guardians = "ref,id_number,name,relation,scope,since\nG-1,P0,监护人,parent,subsidy,2020-01-01\n"
    claims = "ref,id_number,scheme,variant,applicant,guardian_ref,applied_on\n" + "".join(
        f"SQ{ref},P0,living,dibao,guardian,{ref},2024-05-06\n" for ref in ("G-1", "", "G-2")
    )
    folder = write_package(tmp_path, persons=PERSONS + persons(1), guardians=guardians, claims=claims)
    loaded = load(folder, office, rejections=rejections)
    assert tally(loaded, "claims.csv") == (2, 0, 1)
    [first, second] = office.sent("record_claims")[0]["items"]
    assert (first["guardianship_id"], "guardianship_id" in second) == (identifier("G-1"), False)
    [problem] = rejections.shown
    assert (problem.line, problem.field, problem.code) == (4, "guardian_ref", "package.unknown_guardianship")
