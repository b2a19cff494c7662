"""What each command says about itself."""

import pytest

from canlian.commands import run


@pytest.mark.parametrize(
    "name", ["up", "demo", "load", "snapshot", "notice", "trace", "sample", "rpc", "doctor"]
)
def test_help_explains_each_command_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert f"Example: canlian {name}" in capsys.readouterr().out
