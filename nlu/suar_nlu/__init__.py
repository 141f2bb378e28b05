"""Suar's language understanding: Rasa components, and the commands that train, serve and evaluate."""
