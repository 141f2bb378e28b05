"""`suar bench`: the benchmarks, as ratios against their peers."""

import click

from bot.benchmarks import BENCHMARKS
from bot.commands.common import configured, running, tell


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHMARKS)), required=False)
@click.option("--quick", is_flag=True, help="See whether it works; too little for figures.")
@running
async def bench(name: str | None, quick: bool) -> None:
    """Run one benchmark, or all."""
    settings = configured(log_level="error")
    for each in [name] if name else sorted(BENCHMARKS):
        click.echo(await BENCHMARKS[each](settings, tell, quick=quick))
