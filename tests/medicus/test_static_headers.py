"""The service worker may serve all pages, and nothing else may; it and its page are confined."""

from wsgiref.headers import Headers

import pytest

from medicus.static_headers import static_headers


def headers_of(url):
    headers = Headers()
    static_headers(headers, "/anywhere", url)
    return headers


def test_the_service_worker_may_serve_all_pages_and_connects_to_us_only():
    headers = headers_of("/static/web/service-worker.js")
    assert headers["Service-Worker-Allowed"] == "/"
    assert headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"


def test_the_offline_page_is_confined_like_every_page():
    policy = headers_of("/static/web/offline.html")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize(
    "url", ["/static/web/assets/main-12345678.css", "/static/web/assets/service-worker.js"]
)
def test_no_other_file_gets_anything(url):
    assert not headers_of(url).items()
