"""Which office and which data a command is about."""

from pathlib import Path

import pytest

from canlian.settling import SettingsError, remember, settle


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OFFICE", "DATA_DIR", "BROKER_URL", "DATABASE_URL", "LOG_LEVEL"):
        monkeypatch.delenv(f"CANLIAN_{name}", raising=False)


def test_without_a_choice_it_is_the_sample_county(tmp_path: Path) -> None:
    settings = settle(None, tmp_path)
    assert (settings.office, settings.embedded, settings.log_level) == ("341524", True, "ERROR")


def test_options_go_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANLIAN_OFFICE", "341525")
    monkeypatch.setenv("CANLIAN_DATA_DIR", str(tmp_path / "env"))
    assert settle(None, None).office == "341525"
    assert settle(None, None).data_dir == tmp_path / "env"
    assert settle("341526", tmp_path).office == "341526"
    assert settle("341526", tmp_path).data_dir == tmp_path


def test_a_data_folder_remembers_its_office(tmp_path: Path) -> None:
    remember(settle("990101", tmp_path))
    assert settle(None, tmp_path).office == "990101"
    with pytest.raises(SettingsError) as error:
        settle("341524", tmp_path)
    assert error.value.code == "settings.office_differs"


@pytest.mark.parametrize("office", ["3415", "34152a", "341524000000"])
def test_a_wrong_code_is_refused(tmp_path: Path, office: str) -> None:
    with pytest.raises(SettingsError) as error:
        settle(office, tmp_path)
    assert error.value.code == "settings.invalid"


def test_with_a_broker_the_secrets_and_the_office_must_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANLIAN_BROKER_URL", "amqp://x.invalid")
    with pytest.raises(SettingsError, match="CANLIAN_DATABASE_URL"):
        settle("341524", tmp_path)
    monkeypatch.setenv("CANLIAN_DATABASE_URL", "sqlite:///x/{service}.db")
    monkeypatch.setenv("CANLIAN_KEY_FILE", "/x")
    monkeypatch.setenv("CANLIAN_TOKEN_KEY_DIR", "/x")
    assert not settle("341524", tmp_path).embedded
    with pytest.raises(SettingsError) as error:
        settle(None, tmp_path)
    assert error.value.code == "settings.office"


def test_the_environment_may_ask_for_more_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANLIAN_LOG_LEVEL", "DEBUG")
    assert settle(None, tmp_path).log_level == "DEBUG"
