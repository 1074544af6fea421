"""Recordings come in, strikes go out: files of sensors, of labels and of picks."""

from asctools.events.io.recording import SensorRecording, read_recording
from asctools.events.io.strikes import read_strikes, write_strikes

__all__ = ["SensorRecording", "read_recording", "read_strikes", "write_strikes"]
