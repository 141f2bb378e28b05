"""`suar run` where the language model cannot be had: people are answered all the same, and it is said."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.chromium import running_chromium
from tests.support.whole import Whole

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    """Everything on a data folder in which no model can be kept: where models should lie, there is a file."""
    with tempfile.TemporaryDirectory(prefix="suar-whole-") as folder:
        Path(folder).chmod(0o711)
        running = Whole(Path(folder) / "data")
        running.data_dir.mkdir()
        (running.data_dir / "models").touch()
        running.start(until="Suar goes on without the language model")
        try:
            yield running
        finally:
            running.stop()


def test_it_goes_on_and_says_what_is_missing(whole: Whole) -> None:
    """The group prints why and goes on; `/readyz` says that the model is down, and that messages are taken."""
    assert "the language model cannot be trained" in whole.log
    assert whole.log.index("Ctrl-C stops everything") < whole.log.index("cannot be trained")
    told = httpx.get(whole.url + "/readyz", timeout=10)
    assert told.status_code == 200
    assert told.json()["nlu"] == "down"


def test_danger_is_heard_and_menus_lead_on(whole: Whole) -> None:
    """A disclosure is answered with numbers and a person from the word list alone, and the menu works."""
    with running_chromium() as browser:
        page = browser.new_context(viewport={"width": 390, "height": 780}).new_page()
        page.goto(whole.url + "/?locale=en")
        page.fill("textarea", "they locked me in and took my passport")
        page.keyboard.press("Enter")
        expect(page.get_by_text("I believe you")).to_be_visible(timeout=20_000)
        page.get_by_role("button", name=re.compile("More numbers")).last.click()
        expect(page.get_by_text("110").last).to_be_visible()
