"""The public web chat: its page, its widget and its socket."""
