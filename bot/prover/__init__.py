"""Plays and draws what `flows/` says, through the real turn and without a database."""
