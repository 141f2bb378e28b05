"""The example of docs/channels.md: a whole channel, which the contract suite plays as it plays the real ones."""
