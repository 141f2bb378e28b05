"""How an installation's chat looks, who may embed it, and what a first visit costs and leaves: nothing is hard to read, no cookie is set."""

import re
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from bot.content.load import Content
from bot.errors import ContentError, SetupError
from bot.gateway.webchat.contrast import ENOUGH, contrast, ink_on, parse_colour
from bot.gateway.webchat.page import ChatPage
from bot.gateway.webchat.theme import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    MAX_NAME_CHARS,
    Theme,
    load_theme,
)
from bot.settings import read_settings

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
FIRST_LOAD_BYTES = 50_000
INK = {"day": parse_colour("#1f2a2b"), "night": parse_colour("#e8ecea")}


def visit(
    content: Content, theme: Theme | None = None, sites: tuple[str, ...] = ()
) -> httpx.AsyncClient:
    """Return a browser before the page, as the web role serves it."""
    page = ChatPage(
        content, "id", "https://example.org/", "http://testserver", sites, theme or Theme()
    )
    squeezed = Middleware(GZipMiddleware, minimum_size=600)
    app = Starlette(routes=page.routes(), middleware=[squeezed])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")


@given(colour=COLOURS)
def test_whatever_the_colour_letters_can_be_read(colour: tuple[int, int, int]) -> None:
    """By day and by night: links and edges on both grounds, words on the filled buttons, and words in one's own bubble."""
    style = Theme(colour=colour).style()
    day, night = re.findall(r"--teal: (\S+); --on-teal: (\S+); --mine: (\S+);", style)
    for (teal, on_teal, mine), grounds, ink in (
        (day, LIGHT_GROUNDS, INK["day"]),
        (night, DARK_GROUNDS, INK["night"]),
    ):
        assert all(contrast(parse_colour(teal), ground) >= ENOUGH for ground in grounds)
        assert contrast(parse_colour(teal), parse_colour(on_teal)) >= ENOUGH
        assert contrast(ink, parse_colour(mine)) >= ENOUGH


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    """Suar's own teal is not touched; a yellow is, and the operator is told what became of it."""
    assert Theme(colour=parse_colour("#0f6b66")).moved is None
    assert "--teal: #0f6b66" in Theme(colour=parse_colour("#0f6b66")).style()
    moved = Theme(colour=parse_colour("#fd0")).moved
    assert moved is not None
    assert moved != "#ffdd00"
    assert contrast(parse_colour("#ffffff"), parse_colour("#000")) == pytest.approx(21)
    assert ink_on(parse_colour("#ffdd00")) == (0, 0, 0)


def theme_file(folder: Path, text: str) -> Path:
    """Write a theme, and a logo beside it."""
    Image.new("RGB", (300, 80), "#ff8800").save(folder / "logo.png")
    path = folder / "theme.yml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_theme_is_shown(content: Content, tmp_path: Path) -> None:
    """Name, colour and logo stand on the page in the visitor's language; its title, which a history keeps, stays neutral."""
    text = "name: {en: Harbour House, id: Rumah Pelabuhan}\ncolour: '#aa2266'\nlogo: logo.png\n"
    client = visit(content, load_theme(theme_file(tmp_path, text)))
    page = (await client.get("/?locale=id")).text
    assert "Rumah Pelabuhan" in page
    assert "Rumah" not in page.partition("</title>")[0]
    assert "Harbour House" in (await client.get("/?locale=ar")).text
    [style] = re.findall(r'"(/chat/theme\.css\?v=\w+)"', page)
    assert "#aa2266" in (await client.get(style)).text
    [logo] = re.findall(r'"(/chat/logo\?v=\w+)"', page)
    assert (await client.get(logo)).headers["content-type"] == "image/png"
    assert '"#aa2266"' in (await client.get("/widget.js")).text


async def test_without_a_theme_nothing_of_one_is_asked_for(content: Content) -> None:
    """Suar's own look costs no request."""
    client = visit(content)
    page = (await client.get("/")).text
    assert "theme.css" not in page
    assert "/chat/logo" not in page
    assert (await client.get("/chat/logo")).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "colour: yellow",
        "colour: '#12'",
        "colour: '#123; } body { display: none'",
        "logo: other.png",
        "logo: theme.yml",
        "script: x",
        f"name: {{en: {'x' * (MAX_NAME_CHARS + 1)}}}",
        "app_name: {en: 'A name far too long for an icon'}",
        "name: {en: ' '}",
    ],
)
def test_a_theme_with_a_mistake_says_where(tmp_path: Path, text: str) -> None:
    """The start stops with the file and the field, before anybody has seen a broken page."""
    with pytest.raises(ContentError) as caught:
        load_theme(theme_file(tmp_path, text))
    assert "theme.yml" in str(caught.value)
    assert text.partition(":")[0] in str(caught.value)


async def test_only_named_sites_may_embed(content: Content) -> None:
    """The page's policy has the list; without one any site may."""
    policy = (await visit(content).get("/")).headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    sites = ("https://ngo.example", "https://*.union.example:8443")
    policy = (await visit(content, sites=sites).get("/")).headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors 'self' {' '.join(sites)}")


def test_the_list_of_sites_cannot_smuggle(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no origin is refused by name, so that nothing ends the list and begins another rule."""
    monkeypatch.setenv("SUAR_CHAT_SITES", "https://ngo.example, http://localhost:8000,")
    assert read_settings().chat_sites == ("https://ngo.example", "http://localhost:8000")
    for odd in ("ngo.example", "https://a.example/path", "*", "https://a; script-src *", "'none'"):
        monkeypatch.setenv("SUAR_CHAT_SITES", odd)
        with pytest.raises(SetupError, match="SUAR_CHAT_SITES"):
            read_settings()


async def test_the_app_says_nothing_of_what_it_is(content: Content) -> None:
    """Name and icon are neutral in every language; they stay on a phone that others look at."""
    client = visit(content)
    for locale, info in content.words.locales.items():
        data = (await client.get(f"/chat/app.webmanifest?locale={locale}")).json()
        assert (data["lang"], data["dir"], data["display"]) == (locale, info.dir, "standalone")
        assert not re.search(r"suar|traffick|help|migra", data["name"].lower())
        assert len(data["name"]) <= 30
    for icon in data["icons"]:
        answer = await client.get(icon["src"])
        width = int(icon["sizes"].partition("x")[0])
        picture = Image.open(BytesIO(answer.content))
        assert picture.size == (width, width)
    assert {icon["purpose"] for icon in data["icons"]} == {"any", "maskable"}


async def test_an_installation_names_its_app(content: Content, tmp_path: Path) -> None:
    """What stands under the icon is the installation's to choose."""
    theme = load_theme(theme_file(tmp_path, "app_name: {en: Notes, id: Catatan}"))
    client = visit(content, theme)
    assert (await client.get("/chat/app.webmanifest?locale=id")).json()["short_name"] == "Catatan"
    assert "Notes" in (await client.get("/?locale=en")).text


async def test_no_answer_sets_a_cookie(content: Content, tmp_path: Path) -> None:
    """Neither the page nor anything beside it."""
    client = visit(content, load_theme(theme_file(tmp_path, "colour: '#123456'")))
    page = (await client.get("/")).text
    assets = {"/", "/widget.js", "/chat/app.webmanifest", "/chat-worker.js", "/chat/theme.css"}
    for path in assets | set(re.findall(r'(?:src|href)="(/[^"]+)"', page)):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers, path


def test_the_stamp_changes_with_what_a_browser_may_keep(content: Content, tmp_path: Path) -> None:
    """Another colour or logo is another page; the same one is the same in every process."""
    theme = load_theme(theme_file(tmp_path, "colour: '#123456'"))
    stamps = [
        ChatPage(content, "id", "-", "http://x", theme=each).stamp
        for each in (Theme(), Theme(), theme)
    ]
    assert stamps[0] == stamps[1] != stamps[2]


@pytest.mark.parametrize("locale", ["id", "en", "ar", "my"])
async def test_the_first_visit_is_small(content: Content, locale: str) -> None:
    """All that a first visit loads is below 50 kB as it goes over the line, whatever the language, in few requests."""
    client = visit(content)
    answer = await client.get("/", params={"locale": locale})
    paths = re.findall(r'(?:src|href)="(/[^"#]+)"', answer.text)
    loaded = [answer, *[await client.get(path) for path in paths if "noscript" not in path]]
    sizes = {str(each.url): int(each.headers["content-length"]) for each in loaded}
    assert answer.headers["content-encoding"] == "gzip"
    assert sum(sizes.values()) < FIRST_LOAD_BYTES
    assert len(loaded) <= 8
