"""Suar: a first-contact chatbot for safe migration and against human trafficking."""
