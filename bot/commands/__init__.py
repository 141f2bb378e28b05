"""The commands of `suar`, one file a group."""
