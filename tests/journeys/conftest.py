"""What the journeys share: a browser, a running service of their own per file, and people who are signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys import running as ways
from tests.journeys.browser import Person, launch
from tests.journeys.running import Running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = ways.one_machine(tmp_path_factory.mktemp("journey"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def sofia(browser: Browser, running: Running) -> Iterator[Person]:
    """A cardiologist of Nordstadt."""
    person = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    person.enrol()
    yield person
    person.close()
