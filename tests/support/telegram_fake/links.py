"""Takes links apart; they come from outside and may be anything."""

from urllib.parse import SplitResult, urlsplit


def split_link(url: str, default_scheme: str = "http") -> SplitResult | None:
    """Return a link's parts; None when it cannot be taken apart.

    Args:
        url: As given, with or without a scheme.
        default_scheme: For a link without one.
    """
    try:
        return urlsplit(url if "://" in url else f"{default_scheme}://{url}")
    except ValueError:  # such as an unclosed bracket in the host
        return None


def is_web_host(parts: SplitResult) -> bool:
    """Return whether the host has a dot, without which Telegram takes no web link."""
    return "." in parts.netloc.strip(".")
