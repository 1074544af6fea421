"""What :class:`asctools.eventlog.writer.XESLogger` is made of, from a value to a file."""
