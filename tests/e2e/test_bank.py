"""`canlian bank` and `canlian reconcile`: an approved run, carried to the bank and back."""

import json
import re
from pathlib import Path
from random import Random

import pytest

from tests.e2e.cli import Running, canlian, running
from tests.support.bank import Bank
from tests.support.http_bank import TOKEN, HttpBank, serving


def approved_run(folder: Path, data: tuple[str, ...]) -> str:
    """A run of five that was approved, in a new office."""
    canlian("sample", "xinghe-2023", str(folder / "package"))
    loaded = canlian("load", str(folder / "package"), *data, "--as", "wang", "--approve-as", "li")
    approved = re.search(r"canlian bank send ([0-9a-f]{32})", loaded)
    assert approved
    return approved[1]


@pytest.mark.timeout(300)
@pytest.mark.system("SUB-12")
def test_a_run_goes_to_the_bank_in_files_and_is_paid_by_its_receipts(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    run_id = approved_run(tmp_path, data)
    out = tmp_path / "bank"

    sent = canlian("bank", "send", run_id, "--out", str(out), *data)
    [file] = out.iterdir()
    first = file.read_bytes()
    assert "5 lines, 1300.00 yuan, 0 answered" in sent
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    canlian("bank", "send", run_id, "--out", str(out), *data)
    assert file.read_bytes() == first

    closed = Bank.read(first)[1][0][3]
    whole, cut = tmp_path / "whole.txt", tmp_path / "cut.txt"
    whole.write_bytes(Bank({closed: "A2"}).answer(first))
    cut.write_bytes(whole.read_bytes()[:-9])
    told = canlian("bank", "receive", str(cut), str(whole), *data, code=3)
    assert "subsidy.receipt_cut_off" in told
    assert "4 paid, 1040.00 yuan; 1 returned, 260.00 yuan (created)" in told
    assert "(unchanged)" in canlian("bank", "receive", str(whole), *data)
    assert "account_closed" in canlian("bank", "held", *data)
    compared = canlian("reconcile", "--period", "2023", *data)
    assert "✗" not in compared
    assert closed not in sent + told + compared

    file.write_bytes(first[:-2])
    assert "bank.file_differs" in canlian("bank", "send", run_id, "--out", str(out), *data, code=1)


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.system("SUB-12")
def test_a_connector_that_is_killed_between_any_two_steps_goes_on_and_pays_once(tmp_path: Path) -> None:
    """The bank kills who calls it, before and after each thing that it does, and then does not any more."""
    data = ("--data-dir", str(tmp_path / "data"))
    run_id = approved_run(tmp_path, data)
    token = tmp_path / "token"
    token.write_text(TOKEN)
    moments = iter([(1, "before"), (2, "before"), (2, "after"), (3, "after"), (4, "after")])
    victim: Running

    with serving(HttpBank(Random(1))) as bank:  # noqa: S311 - to repeat a failure
        arguments = ("bank", "connect", run_id, "--url", bank.url, "--token-file", str(token), *data)
        for moment in moments:
            called = len(bank.calls)

            def kill(number: int, now: str, called: int = called, moment: tuple[int, str] = moment) -> None:
                if (number - called, now) == moment:
                    victim.process.kill()

            bank.hook = kill
            with running(*arguments, "--wait", "20") as victim:
                victim.process.wait(120)
            assert victim.process.returncode in {-9, 0}
        bank.hook = lambda _number, _moment: None
        told = canlian(*arguments, "--wait", "60")
        again = canlian(*arguments)

    assert "5 of 5 answered" in told
    assert again.count("answered") == told.count(" of 5 answered") == 1
    assert len(bank.bank.paid) == 5
    assert len(bank.keys) == 1
    found = json.loads(canlian("rpc", "subsidy", "find_disbursement", json.dumps({"run_id": run_id}), *data))
    assert (found["state"], found["paid_lines"]) == ("paid", 5)
    assert "✗" not in canlian("reconcile", "--period", "2023", *data)
