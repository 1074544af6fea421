"""What a pursuit is told before it sees a recording."""

from dataclasses import asdict, dataclass
from typing import Any

from asctools.errors import InputError, explain

__all__ = ["Settings"]

LEAST_LENGTH = 100  # samples: 40 after the strike and its lead would cut every attack short


@dataclass(frozen=True)
class Settings:
    """The settings of a pursuit, checked; :class:`~.detector.TemplatePursuit` says what they mean.

    Raises
    ------
    InputError
        If one of them is out of range.
    """

    num_events: int = 16
    length: int = 600
    refractory_period_samples: int = 4000
    rate: float = 2000.0
    highpass_hz: float = 15.0
    ridge: float = 5.0
    steps: int = 6
    variance: float = 0.3
    strokes: bool = False
    whiten: bool = True
    tolerance: float = 10.0

    def __post_init__(self) -> None:
        least = {
            "num_events": 1,
            "length": LEAST_LENGTH,
            "refractory_period_samples": 0,
            "ridge": 0,
            "steps": 1,
            "tolerance": 0,
        }
        for name, bound in least.items():
            if not getattr(self, name) >= bound:
                came = f"{name} {getattr(self, name)}"
                raise InputError(explain(came, f"{bound} or more", "use the default"))
        if not 0 < self.variance < float("inf"):
            came = f"variance {self.variance}"
            raise InputError(explain(came, "a finite number above 0", "use 0.3"))

    @property
    def per_bell(self) -> int:
        """Templates of a bell: 2 where both strokes have one, else 1."""
        return 2 if self.strokes else 1

    def as_dict(self) -> dict[str, Any]:
        """Return them by name."""
        return asdict(self)
