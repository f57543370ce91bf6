"""A large attachment through a real browser and a real service on this machine: how fast, and how much memory.

    python -m bench.attachments [--megabytes 1500] [--production]

Sofia sends a file, the page is loaded anew at about a third, she chooses the file again, and Jonas saves it piece by
piece. Prints megabytes per second and the highest resident memory of the browsers' processes and of the service's. The
browsers, the service and the disk share this machine: the ratio between runs says more than the figure.
"""

import argparse
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Playwright, expect, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")

from tests.journeys import running as ways
from tests.journeys.browser import ARGUMENTS, DESK, Person
from tests.journeys.running import Running
from tests.journeys.talking import begin, in_contact, say

SOFIA, JONAS = "s.papadopoulos@nordstadt.example", "j.oeztuerk@suedstadt.example"
PATIENCE_MS = 900_000
# A dialog of the operating system cannot be driven: a file of the browser's own stands for the one that is chosen.
CHOSEN = """window.showSaveFilePicker = async () =>
    (await navigator.storage.getDirectory()).getFileHandle("saved", { create: true })"""
SAVED = """async () => {
    const folder = await navigator.storage.getDirectory();
    return (await (await folder.getFileHandle("saved")).getFile()).size;
}"""


class Memory:
    """The highest resident memory of each kind of process among this one's descendants, in megabytes."""

    def __init__(self) -> None:
        self.highest: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.25):
            for kind, megabytes in _descendants(os.getpid()):
                self.highest[kind] = max(self.highest.get(kind, 0), megabytes)


def _descendants(root: int) -> Iterator[tuple[str, float]]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for pid in parents:
        above = pid
        while above in parents and above != root:
            above = parents[above]
        if above == root and pid != root:
            try:
                command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
            except OSError:
                continue
            if resident:
                yield _kind(command), int(resident[1]) / 1000


def _kind(command: str) -> str:
    if found := re.search(r"--type=([a-z-]+)", command):
        return f"browser {found[1]}"
    if "chrom" in command:
        return "browser main"
    return "service" if re.search(r"daphne|uvicorn", command) else "other"


@contextmanager
def timed(what: str, megabytes: float) -> Iterator[None]:
    memory, began = Memory(), time.monotonic()
    yield
    seconds = time.monotonic() - began
    memory.stop()
    peaks = ", ".join(
        f"{kind} {peak:.0f} MB" for kind, peak in sorted(memory.highest.items()) if kind != "other"
    )
    print(f"{what}: {megabytes / seconds:.0f} MB/s ({seconds:.1f} s); highest memory: {peaks}", flush=True)


def large_file(folder: Path, megabytes: int) -> Path:
    path, block = folder / "Serie.dat", os.urandom(1_000_000)
    with path.open("wb") as file:
        for number in range(megabytes):
            file.write(number.to_bytes(8) + block[8:])
    return path


def measure(running: Running, folder: Path, megabytes: int) -> None:
    path = large_file(folder, megabytes)
    with sync_playwright() as playwright:
        sofia, jonas = (person_of(playwright, running, folder, email) for email in (SOFIA, JONAS))
        for person in (sofia, jonas):
            person.enrol()
            person.wait_for_device()
        in_contact(running, SOFIA, JONAS)
        begin(sofia, "Öztürk")
        say(sofia, "Die Serie kommt gleich.")
        jonas.go(sofia.page.url.removeprefix(running.url))
        card = sofia.page.locator(".attachment", has_text=path.name)
        bar = card.locator(".attachment__upload progress")
        with timed("sent until a third", megabytes / 3):
            choose(sofia, sofia.page.get_by_role("button", name="Datei anhängen"), path)
            sofia.page.get_by_role("button", name="Senden", exact=True).click()
            until_share(bar, 1 / 3)
        sofia.page.reload()
        again = card.get_by_role("button", name="Datei wählen")
        expect(again).to_be_visible(timeout=60_000)
        at = float(bar.evaluate("bar => bar.value"))
        with timed("compared and sent to the end", megabytes * (1 - at)):
            choose(sofia, again, path)
            received = jonas.page.locator(".attachment", has_text=path.name)
            expect(received).to_be_visible(timeout=PATIENCE_MS)
        jonas.page.evaluate(CHOSEN)
        with timed("received", megabytes):
            received.get_by_role("button", name="Herunterladen").click()
            saved = jonas.page.get_by_text("ist geprüft und gespeichert")
            expect(saved).to_have_count(1, timeout=PATIENCE_MS)
        assert jonas.page.evaluate(SAVED) == path.stat().st_size
        for person in (sofia, jonas):
            person.context.close()


def person_of(playwright: Playwright, running: Running, folder: Path, email: str) -> Person:
    """With a profile on the disk, as people have: a private window would keep its files in memory."""
    context = playwright.chromium.launch_persistent_context(
        str(folder / f"profile of {email}"),
        executable_path="/usr/bin/chromium",
        args=ARGUMENTS,
        viewport=DESK,  # type: ignore[arg-type]
        locale="de-DE",
        base_url=running.url,
    )
    return Person(running, context, context.pages[0], email)


def choose(person: Person, press: Locator, path: Path) -> None:
    with person.page.expect_file_chooser() as chooser:
        press.click()
    chooser.value.set_files(str(path))


def until_share(bar: Locator, share: float) -> None:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while float(bar.evaluate("bar => bar.value")) < share:
        assert time.monotonic() < deadline, "the upload does not get on"
        bar.page.wait_for_timeout(200)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1500)
    parser.add_argument("--production", action="store_true")
    options = parser.parse_args()
    start = ways.production if options.production else ways.one_machine
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        running = start(folder)
        try:
            measure(running, folder, options.megabytes)
        finally:
            running.stop()


if __name__ == "__main__":
    main()
