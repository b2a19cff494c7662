"""`canlian bank` and `canlian reconcile`: an approved run, carried to the bank and back by files."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.cli import canlian
from tests.support.bank import Bank


@pytest.mark.timeout(300)
@pytest.mark.system("SUB-12")
def test_a_run_goes_to_the_bank_in_files_and_is_paid_by_its_receipts(tmp_path: Path) -> None:
    canlian("sample", "xinghe-2023", str(tmp_path / "package"))
    data = ("--data-dir", str(tmp_path / "data"))
    frozen = re.search(
        r"run ([0-9a-f]{32}), list hash ([0-9a-f]{64})",
        canlian("load", str(tmp_path / "package"), *data, "--as", "wang"),
    )
    assert frozen
    approval = json.dumps({"run_id": frozen[1], "list_hash": frozen[2]})
    canlian("rpc", "subsidy", "approve_disbursement", approval, *data, "--role", "checker", "--as", "li")
    out = tmp_path / "bank"

    sent = canlian("bank", "send", frozen[1], "--out", str(out), *data)
    [file] = out.iterdir()
    first = file.read_bytes()
    assert "5 lines, 1300.00 yuan, 0 answered" in sent
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    canlian("bank", "send", frozen[1], "--out", str(out), *data)
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
    assert "bank.file_differs" in canlian("bank", "send", frozen[1], "--out", str(out), *data, code=1)
