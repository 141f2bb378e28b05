"""What the tests of WhatsApp share: Suar on WhatsApp, and Meta's side of it."""

from tests.integration.test_whatsapp import meta

__all__ = ["meta"]
