"""The documents that follow from the code."""

import json
from collections.abc import Iterator

import pytest
from drf_spectacular.plumbing import _load_enum_name_overrides
from drf_spectacular.settings import spectacular_settings

from scripts.generate_docs import openapi


@pytest.fixture
def without_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two sets of choices are called `kind`, and nobody says what to call them."""
    monkeypatch.setattr(spectacular_settings, "ENUM_NAME_OVERRIDES", {})
    _load_enum_name_overrides.cache_clear()
    yield
    _load_enum_name_overrides.cache_clear()


def test_the_api_is_described_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert "/api/v1/me" in json.loads(openapi())["paths"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("without_names")
def test_an_ambiguous_description_is_not_written() -> None:
    with pytest.raises(SystemExit):
        openapi()
