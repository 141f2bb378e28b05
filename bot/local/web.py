"""The web role in several processes, which accept on one socket: each Python process uses one core."""

import sys
from collections.abc import Mapping

from bot.local import processes
from bot.local.supervisor import Child, Supervisor
from bot.settings import Settings


async def start_webs(
    group: Supervisor, settings: Settings, environment: Mapping[str, str]
) -> None:
    """Start the web processes on one socket, which stays open for as long as we live.

    Raises:
        SetupError: The port is in use.
    """
    listening = processes.listen(settings.host, settings.port)
    argv = [sys.executable, "-m", "bot", "web", "--fd", str(listening.fileno())]
    for number in range(settings.web_processes):
        name = f"web:{number + 1}"
        await group.start(Child(name, argv, environment, listening=listening))
