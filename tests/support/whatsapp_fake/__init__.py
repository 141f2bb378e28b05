"""A fake of WhatsApp's Cloud API; see README.md."""
