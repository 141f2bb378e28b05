"""`suar`: parses arguments and calls one function. Exit 0 is success, 2 wrong usage, 1 failure with one line."""

import importlib
import os
import sys

import click

from bot.errors import SuarError

COMMANDS = {
    "run": ("roles", "Run everything on this machine."),
    "web": ("roles", "Run the web role: chat, desk, webhooks, polling."),
    "worker": ("roles", "Run the worker role: deliveries, recovery, chores."),
    "scheduler": ("roles", "Run the scheduler role: one leader decides when."),
    "staffbot": (
        "roles",
        "Run the staff's Telegram bot: notices, calls, and talks where allowed.",
    ),
    "migrate": ("roles", "Bring the database to the schema of this version."),
    "nlu": ("nlu", "Train, serve and evaluate the language model; export what was reviewed."),
    "understand": ("understand", "Say what messages mean, one JSON object a line."),
    "chat": ("chat", "Talk to the bot in the terminal."),
    "staff": ("staff", "Add, list and lock out those who work on the desk."),
    "campaign": ("campaign", "Keep campaigns from files; schedule, hold and report them."),
    "whatsapp": ("whatsapp", "WhatsApp's templates: list, compare, submit."),
    "flows": ("flows", "Check, draw and play what the bot says."),
    "locales": ("locales", "The translators' round trip."),
    "doctor": ("doctor", "Check everything Suar leans on; say how to mend it."),
    "bench": ("bench", "Run the benchmarks."),
}
"""Each command, the module of `bot.commands` that holds it under the same name, and its line in the help."""


class Suar(click.Group):
    """Imports a command only when it is called: some of what they stand on takes seconds to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Suar, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="suar", prog_name="suar")
def suar() -> None:
    """A first-contact chatbot for safe migration and against human trafficking."""


def main() -> None:
    """Run the command line; a known trouble is one line, a traceback only with SUAR_DEBUG=1."""
    try:
        suar(prog_name="suar", standalone_mode=True)
    except SuarError as exc:
        if os.environ.get("SUAR_DEBUG") == "1":
            raise
        click.echo(f"suar: {exc}", err=True)
        sys.exit(1)
