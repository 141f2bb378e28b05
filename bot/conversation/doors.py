"""The ways into Suar that can be opened with one tap, and the links that carry a code there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Doors:
    """Which channels are set up, as links need to know it."""

    web: str = ""
    """Where the web chat is, without a slash at the end; empty where it has no address."""
    telegram: str | None = None
    """What the public bot is called there, without the @."""
    whatsapp: str | None = None
    """Our number there, in digits with the country's code."""

    def links(self, code: str) -> Mapping[str, str]:
        """Return the link of each channel that brings a code there.

        On the web it stands behind the ``#``, which browsers tell no server.
        """
        payload = f"j_{code}"
        found = {}
        if self.telegram:
            found["telegram"] = f"https://t.me/{self.telegram}?start={payload}"
        if self.whatsapp:
            digits = "".join(filter(str.isdigit, self.whatsapp))
            found["whatsapp"] = f"https://wa.me/{digits}?text={payload}"
        if self.web:
            found["web"] = f"{self.web}/#j={code}"
        return found
