"""QR codes of a link, with the link printed below for whoever cannot scan it."""

import re
from io import BytesIO

import segno
from PIL import Image

from bot.pictures.canvas import Style, draw, lay_out, png
from bot.pictures.colours import WHITE

CORRECTION = "m"
"""At least so much of a code may be covered or dirty: 15 %. segno takes more where it costs no room."""
QUIET = 4
"""Empty modules around a code. Source: ISO/IEC 18004, the quiet zone."""
_MODULE = 12
_CAPTION = Style(32, "#000000")
_DARK = "#000000"


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error=CORRECTION, boost_error=True)


def _modules(link: str) -> int:
    """Return how many modules a code is wide, with its quiet zone."""
    return int(_code(link).symbol_size(border=QUIET)[0])


def code_image(link: str, *, side: int) -> Image.Image:
    """Return a code at most `side` dots wide and high, its quiet zone with it, every module whole."""
    code, modules = _code(link), _modules(link)
    written = BytesIO()
    code.save(written, kind="png", scale=max(side // modules, 1), border=QUIET, dark=_DARK)
    written.seek(0)
    return Image.open(written).convert("RGB")


def qr_png(link: str) -> bytes:
    """Return a code as PNG, with the link below.

    Raises:
        NotDrawn: The link has letters that no font of ours has.
    """
    modules = _modules(link)
    code = code_image(link, side=modules * _MODULE)
    edge = QUIET * _MODULE
    printed = lay_out(caption(link), "en", _CAPTION, code.width - 2 * edge)
    sheet = Image.new("RGB", (code.width, code.height + printed.height + edge), WHITE)
    sheet.paste(code, (0, 0))
    draw(sheet, printed, (edge, code.height), width=code.width - 2 * edge, align="center")
    return png(sheet)


def qr_svg(link: str) -> bytes:
    """Return a code as SVG for print, sharp at any size, with the link as its title; it loads nothing."""
    written = BytesIO()
    _code(link).save(
        written, kind="svg", scale=8, border=QUIET, dark=_DARK, light=WHITE,
        title=shown(link), omitsize=True, svgns=True, xmldecl=True,
    )  # fmt: skip
    return written.getvalue()


def shown(link: str) -> str:
    """Return a link as it is printed: without what every link begins with."""
    return link.removeprefix("https://").removeprefix("http://").removesuffix("/")


def caption(link: str) -> str:
    """Return a link to be printed, which may be broken into lines behind the signs that divide it."""
    return re.sub(r"([/?=&_.-])(?=.)", "\\1\u200b", shown(link))
