"""The error of the event logs."""

from asctools.errors import AscError


class LogError(AscError):
    """A log that cannot be written or read: no permission, a full disk, or another format."""
