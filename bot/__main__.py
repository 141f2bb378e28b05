"""`python -m bot` is `suar`."""

from bot.cli import main

main()
