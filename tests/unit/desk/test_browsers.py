"""Browsers by their kind."""

import pytest

from bot.desk.web.browsers import name_browser

CHROME = "Mozilla/5.0 (Linux; Android 15; SM-A155F Build/AP3A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (CHROME, "Chrome · Android"),
        (CHROME.replace("Chrome", "SamsungBrowser/28.0 Chrome"), "Samsung Internet · Android"),
        (CHROME + " Edg/140.0", "Edge · Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_by_its_kind(told: str, named: str) -> None:
    """Somebody knows their own again; which model it is, is not kept."""
    assert name_browser(told) == named
    assert "SM-A155F" not in name_browser(told)
