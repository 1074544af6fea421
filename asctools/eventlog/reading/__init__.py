"""What :mod:`asctools.eventlog.reader` is made of: events off the disk, and their columns."""
