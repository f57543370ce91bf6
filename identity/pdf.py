"""Pages of the PDFs that this service writes. Fira Sans lies beside this file, so that every name of a Latin script is
written right."""

from functools import cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

FONTS = Path(__file__).parent / "fonts"
MARGIN_MM = 18
INK, MUTED = (20, 28, 44), (88, 96, 112)


class Page(FPDF):
    """A4 with a foot of its own and the page's number in it."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        for family, part in (("Fira", "latin"), ("FiraExt", "latin-ext")):
            self.add_font(family, "", FONTS / f"fira-sans-{part}-regular.ttf")
            self.add_font(family, "B", FONTS / f"fira-sans-{part}-semibold.ttf")
        self.set_fallback_fonts(["FiraExt"])
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + 4)  # noqa: FBT003 (as the library calls it)

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.set_font("Fira", size=8)
        self.set_text_color(*MUTED)
        self.cell(0, 5, f"{self.written(self.foot)}   {self.page_no()}/{{nb}}")

    def line_of(self, text: str, size: float = 10, *, bold: bool = False, muted: bool = False) -> None:
        self.set_font("Fira", "B" if bold else "", size)
        self.set_text_color(*(MUTED if muted else INK))
        self.multi_cell(0, size * 0.5, self.written(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def written(self, text: str) -> str:
        """The text as these fonts can write it. A character that they have not got stands as its number, "[U+1F44D]":
        nothing is left out in silence."""
        return written(text)


def written(text: str) -> str:
    """`Page.written`, without a page."""
    known = _characters()
    return "".join(
        char if char == "\n" or ord(char) in known else f"[U+{ord(char):04X}]"
        for char in text.replace("\t", "    ")
    )


@cache
def _characters() -> frozenset[int]:
    found: set[int] = set()
    for font in Page("").fonts.values():
        found |= set(font.cmap)  # type: ignore[union-attr]
        font.close()  # type: ignore[union-attr]
    return frozenset(found)
