"""The viewer shows what pydicom decodes: the same value in every pixel, for every compression, from the built
files and under the product's own content security policy."""

import http.server
import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pydicom
import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_modality_lut

from tests.journeys.browser import launch

MANIFEST = settings.FRONT_END_DIST / "manifest.json"

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # pydicom warns of its own broken test files
    pytest.mark.skipif(not MANIFEST.exists(), reason="the front end is not built (make setup)"),
]

EXACT = [
    "CT_small.dcm",  # explicit little endian
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "image_dfl.dcm",  # deflated
    "MR_small_RLE.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "JPEGLSNearLossless_16.dcm",
    "MR_small_jp2klossless.dcm",
    "JPEG2000.dcm",
    "693_J2KI.dcm",  # JPEG 2000 with rescale
    "SC_rgb_jpeg_gdcm.dcm",  # JPEG lossless
    "SC_rgb_rle.dcm",
]
LOSSY_COLOUR = ["SC_rgb_jpeg_dcmtk.dcm", "examples_ybr_color.dcm"]
"""JPEG baseline: two right decoders may differ by rounding in the conversion of colours."""

REFUSED = {
    "test-SR.dcm": "no-image",
    "MR_truncated.dcm": "broken",
    "liver_1frame.dcm": "unsupported",  # one bit a pixel
    "J2K_pixelrep_mismatch.dcm": "rendering",  # header and code stream disagree about the sign
    "no_meta.dcm": "broken",
}


def policy() -> str:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in directives.items())


def page_html() -> bytes:
    entry = json.loads(MANIFEST.read_text())["src/pages/finding.ts"]
    styles = "".join(f'<link rel="stylesheet" href="/static/web/{name}">' for name in entry.get("css", ()))
    return (
        f'<!doctype html><html lang="de"><meta charset="utf-8"><title>Bild</title>{styles}'
        f'<script type="module" src="/static/web/{entry["file"]}"></script>'
        '<body><medicus-dicom-viewer src="/dicom/CT_small.dcm"></medicus-dicom-viewer></body></html>'
    ).encode()


class Files(http.server.BaseHTTPRequestHandler):
    """The page, the built front end, and pydicom's test files."""

    TYPES = {".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm"}

    def do_GET(self) -> None:
        path = unquote(self.path)
        if path.startswith("/static/web/"):
            file = settings.FRONT_END_DIST / path.removeprefix("/static/web/")
            return self.answer(file.read_bytes(), self.TYPES.get(file.suffix, "application/octet-stream"))
        if path.startswith("/dicom/"):
            return self.answer(original(path.removeprefix("/dicom/")).read_bytes(), "application/dicom")
        return self.answer(page_html(), "text/html; charset=utf-8")

    def answer(self, content: bytes, media_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy())
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def original(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def expected(name: str) -> np.ndarray[Any, Any]:
    """The first frame as pydicom decodes it: rescaled; colours as RGB."""
    dataset = pydicom.dcmread(original(name))
    pixels = dataset.pixel_array
    frame = pixels[0] if int(dataset.get("NumberOfFrames") or 1) > 1 else pixels
    return frame if frame.ndim == 3 else apply_modality_lut(frame, dataset)


@pytest.fixture(scope="module")
def viewer() -> Iterator[Page]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        page = chromium.new_page(viewport={"width": 800, "height": 600})
        page.goto(f"http://localhost:{server.server_port}/")
        yield page
        chromium.close()
    server.shutdown()
    server.server_close()


def show(viewer: Page, name: str) -> str:
    """Show a file; returns the state the viewer ends in."""
    viewer.locator("medicus-dicom-viewer").evaluate(
        "(viewer, name) => viewer.setAttribute('src', '/dicom/' + encodeURIComponent(name))", name
    )
    done = viewer.wait_for_selector(
        "medicus-dicom-viewer:is([data-state=ready], [data-state=failed])", timeout=120_000, state="attached"
    )
    return done.get_attribute("data-state") or ""


def shown(viewer: Page, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The decoded values on screen. Colours come with an alpha channel, which no DICOM file has."""
    values = np.array(viewer.evaluate("[...document.querySelector('medicus-dicom-viewer').pixels()]"))
    return values.reshape(*shape[:2], 4)[..., :3] if len(shape) == 3 else values.reshape(shape)


@pytest.mark.parametrize("name", EXACT)
def test_every_pixel_is_what_pydicom_decodes(viewer: Page, name: str) -> None:
    assert show(viewer, name) == "ready"

    wanted = expected(name)
    assert np.array_equal(shown(viewer, wanted.shape), wanted)


@pytest.mark.parametrize("name", LOSSY_COLOUR)
def test_colours_of_jpeg_differ_by_rounding_at_most(viewer: Page, name: str) -> None:
    assert show(viewer, name) == "ready"

    wanted = expected(name).astype(int)
    assert np.abs(shown(viewer, wanted.shape) - wanted).max() <= 3


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_rightly_is_not_shown(viewer: Page, name: str) -> None:
    assert show(viewer, name) == "failed"

    assert viewer.locator("canvas").count() == 0
    assert viewer.get_by_role("alert").get_attribute("data-failure") == REFUSED[name]
