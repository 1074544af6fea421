"""A stream: samples in, strikes out, with NumPy alone and a memory that does not grow."""

from asctools.events.stream.detector import StreamingDetector
from asctools.events.stream.network import CausalNetwork

__all__ = ["CausalNetwork", "StreamingDetector"]
