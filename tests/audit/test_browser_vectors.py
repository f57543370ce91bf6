"""The browser is tested with what this code makes and proves: the file of vectors is not older than the code."""

from tests.audit.browser_vectors import FILE, text


def test_the_browser_s_vectors_are_what_the_log_makes():
    assert FILE.read_text() == text()
