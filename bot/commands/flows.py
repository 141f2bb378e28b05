"""`suar flows`: what the bot says, checked and drawn."""

import click

from bot.clock import SystemClock
from bot.commands.common import tell
from bot.content.check import check_content
from bot.content.load import ROOT, Content, load_content
from bot.errors import ContentError


@click.group()
def flows() -> None:
    """Flows, answers, quizzes, directory."""


@flows.command()
def check() -> None:
    """Fail when something cannot be said as it stands; warn of what will soon be due."""
    content = load_content()
    findings = check_content(ROOT, content, today=SystemClock().now().date())
    for finding in findings:
        tell(f"{'warning: ' if finding.warning else ''}{finding.where}: {finding.problem}")
    wrong = sum(not finding.warning for finding in findings)
    if wrong:
        raise ContentError(f"{wrong} to mend", file="flows")
    steps = sum(len(flow.steps) for flow in content.flows.values())
    tell(
        f"{len(content.flows)} flows with {steps} steps, {len(content.answers)} answers, "
        f"{len(content.quizzes)} quizzes, {len(content.services)} services: all is well."
    )


@flows.command()
def graph() -> None:
    """Print the flows as a graph in DOT, for `dot -Tsvg`."""
    click.echo(as_dot(load_content()))


def as_dot(content: Content) -> str:
    """Return the steps and where each leads, in the DOT language."""
    lines = ["digraph flows {", "  rankdir=LR; node [shape=box, fontname=sans-serif];"]
    for flow in content.flows.values():
        for name, step in flow.steps.items():
            here = f"{flow.flow}.{name}"
            lines.append(f'  "{here}" [label="{here}\\n{step.type}"];')
            following = getattr(step, "next", None)
            if isinstance(following, str):
                lines.append(f'  "{here}" -> "{content.resolve(following, here=here)}";')
            for choice in getattr(step, "choices", ()):
                target = content.resolve(choice.go, here=here)
                lines.append(f'  "{here}" -> "{target}" [label="{choice.id}"];')
    return "\n".join([*lines, "}"])
