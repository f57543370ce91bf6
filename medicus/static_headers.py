"""Headers of the few built files that are more than parts of a page."""

OFFLINE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
WORKER_POLICY = "default-src 'none'; connect-src 'self'"


def static_headers(headers: object, _path: str, url: str) -> None:
    """Let the service worker serve all pages from where it lies, and confine it and its one page.

    headers: `wsgiref.headers.Headers`, which WhiteNoise hands over."""
    assert hasattr(headers, "__setitem__")
    if url.endswith("/web/service-worker.js"):
        headers["Service-Worker-Allowed"] = "/"
        headers["Content-Security-Policy"] = WORKER_POLICY
    elif url.endswith("/web/offline.html"):
        headers["Content-Security-Policy"] = OFFLINE_POLICY
