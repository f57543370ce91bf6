"""Whether the object store answers, for who asks often."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from time import monotonic

from django.core.exceptions import ImproperlyConfigured

from medicus.lib.errors import DomainError
from storage.objects import store
from storage.objects.canaries import CANARIES

FRESH_SECONDS = 10
WAIT_SECONDS = 2


class Probe:
    """Asks the store once at a time and at most every `FRESH_SECONDS`, however many want to know: the health page
    is open to everybody. Who asks waits for `WAIT_SECONDS`; a store that needs longer counts as away."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-probe")
        self._lock = Lock()
        self._asked_at = 0.0
        self._answer: Future[bool] | None = None

    def answers(self) -> bool:
        """Whether the store lets us in and shows our bucket."""
        try:
            return self._newest().result(WAIT_SECONDS)
        except TimeoutError:
            return False

    def _newest(self) -> Future[bool]:
        with self._lock:
            if self._answer is None or self._is_old(self._answer):
                self._asked_at = monotonic()
                self._answer = self._pool.submit(_ask)
            return self._answer

    def _is_old(self, answer: Future[bool]) -> bool:
        return answer.done() and monotonic() - self._asked_at > FRESH_SECONDS


def _ask() -> bool:
    try:
        next(store().list(f"{CANARIES}/"), None)
    except (DomainError, ImproperlyConfigured):
        return False
    return True


probe = Probe()
