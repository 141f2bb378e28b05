"""WhatsApp from the outside: its webhooks, its answers and what goes wrong between them."""
