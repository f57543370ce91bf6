"""Three implementations of MLS in one group that never rests: they agree after each step, and nobody who was removed
reads on. A short walk; `python -m bench churn` takes the long one."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests.messaging import churn

pytestmark = pytest.mark.journey

STEPS = 30


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with churn.page_of_walks(tmp_path_factory.mktemp("churn")) as page:
        yield page


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_all_agree_after_each_step_and_nobody_removed_reads_on(page: Page, seed: int) -> None:
    told = churn.walk(page, seed, STEPS)
    assert sum(told["steps"].values()) == STEPS
    assert told["commits"] > 10
    assert min(told["races"], told["messages"], told["attempts"]) > 0


def test_control_another_secret_at_one_member_is_seen(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    true = churn.OpenMls.view

    def view(self: churn.OpenMls, *arguments: Any) -> dict[str, Any]:
        return true(self, *arguments) | {"exporter": "00" * 32}

    monkeypatch.setattr(churn.OpenMls, "view", view)
    with pytest.raises(Error, match="the beginning"):
        churn.walk(page, 2, STEPS)


def test_control_a_removed_member_who_reads_on_is_seen(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    true = churn.OpenMls.read

    def read(self: churn.OpenMls, body: str) -> str | None:
        try:
            return true(self, body)
        except Exception:  # noqa: BLE001 - gbp-stack and cryptography raise a dozen kinds
            return "could read it"

    monkeypatch.setattr(churn.OpenMls, "read", read)
    with pytest.raises(Error, match="OpenMLS, removed, read could read it"):
        for seed in (2, 3, 5):
            churn.walk(page, seed, 2 * STEPS)
