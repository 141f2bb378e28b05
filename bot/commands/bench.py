"""`suar bench`: the benchmarks, as ratios against their peers."""

import click

from bot.benchmarks import BENCHMARKS
from bot.commands.common import configured, running, tell


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHMARKS)), required=False)
@click.option("--quick", is_flag=True, help="See whether it works; too little for figures.")
@click.option(
    "--kills", type=click.IntRange(1), help="With broadcast: kill -9 the worker so often."
)
@running
async def bench(name: str | None, quick: bool, kills: int | None) -> None:
    """Run one benchmark, or all."""
    settings = configured(log_level="error")
    if kills is not None:
        if name != "broadcast":
            raise click.UsageError("--kills goes with broadcast.")
        from bot.benchmarks.broadcast_kills import measure_kills  # noqa: PLC0415  # as above

        click.echo(await measure_kills(settings, tell, kills=kills, quick=quick))
        return
    for each in [name] if name else sorted(BENCHMARKS):
        click.echo(await BENCHMARKS[each](settings, tell, quick=quick))
