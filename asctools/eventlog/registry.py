"""What a training can tell: every type of event, its level, and what it has to say.

Further attributes and further types are welcome in a log; those that stand here keep their meaning.
"""

from collections.abc import Mapping
from typing import NamedTuple

LEVELS = ("epoch", "step", "gate", "weight")  # each one tells more often than the one before


class EventType(NamedTuple):
    """One type of event.

    Attributes
    ----------
    name
        What ``concept:name`` says.
    level
        One of :data:`LEVELS`.
    attributes
        Name → kind (int, float, string or boolean) of what it must say.
    meaning
        One sentence.
    """

    name: str
    level: str
    attributes: Mapping[str, str]
    meaning: str


ITERATION = {"iteration": "int"}
GATE = ITERATION | {"timestep": "int", "mean": "float", "std": "float", "saturation": "float"}
WEIGHT = ITERATION | {"norm": "float", "grad_norm": "float", "change_norm": "float"}
UPDATE = "Update_"  # and the name of a parameter, in models that have other parts than ours

EPOCHS = (
    EventType(
        "EpochStart",
        "epoch",
        {
            "epoch": "int",
            "total_epochs": "int",
            "iterations_per_epoch": "int",
            "dataset_size": "int",
        },
        "The next walk through the training data begins.",
    ),
    EventType(
        "EpochEnd",
        "epoch",
        {"final_loss": "float", "final_grad_norm": "float"},
        "The walk through the training data is over.",
    ),
    EventType(
        "Validation",
        "epoch",
        ITERATION | {"validation_loss": "float"},
        "The loss was measured on data that is never learned from.",
    ),
    EventType(
        "EarlyStoppingCheck",
        "epoch",
        ITERATION | {"triggered": "boolean", "patience_counter": "int", "best_val_loss": "float"},
        "The training asked, after a validation, whether it is time to stop.",
    ),
    EventType(
        "PlateauDetected",
        "epoch",
        ITERATION
        | {"patience_counter": "int", "best_val_loss": "float", "current_val_loss": "float"},
        "The validation loss has stood still for too long.",
    ),
    EventType(
        "GradientExplosion",
        "epoch",
        ITERATION | {"grad_norm": "float", "threshold": "float", "loss": "float"},
        "The loss or the gradient is beyond all bounds.",
    ),
    EventType(
        "EarlyStopping",
        "epoch",
        ITERATION | {"reason": "string", "best_val_loss": "float"},
        "The training ends before its last epoch: by patience, an explosion, or a target reached.",
    ),
)

STEPS = (
    EventType("ZeroGrad", "step", ITERATION, "The gradients of the iteration before are cleared."),
    EventType(
        "ForwardPass",
        "step",
        ITERATION | {"loss": "float", "grad_norm": "float", "learning_rate": "float"},
        "The model has read a batch; the gradient norm is what the gradients hold at that moment.",
    ),
    EventType(
        "BackwardPass",
        "step",
        ITERATION | {"grad_norm": "float"},
        "The slopes of the loss have reached every weight.",
    ),
    EventType(
        "GradientClipping",
        "step",
        ITERATION | {"grad_norm": "float", "threshold": "float"},
        "The gradients were longer than the threshold, and were shortened to it.",
    ),
    EventType(
        "WeightsUpdate",
        "step",
        ITERATION | {"weight_change_norm": "float", "update_category": "string"},
        "The optimiser has moved the weights; the category is the move relative to the weights.",
    ),
    EventType(
        "GateSummary",
        "step",
        ITERATION | {"forget_mean": "float", "input_mean": "float", "output_mean": "float"},
        "How open three of the gates were, over the whole batch.",
    ),
    EventType(
        "Sampling",
        "step",
        ITERATION | {"temperature": "float", "sample_text": "string"},
        "The model has written a text.",
    ),
    EventType(
        "LearningRateDecay",
        "step",
        ITERATION | {"old_lr": "float", "new_lr": "float", "reason": "string"},
        "The learning rate has fallen, by a plateau or by its schedule.",
    ),
    EventType(
        "ModeChange",
        "step",
        ITERATION | {"mode": "string"},
        "The model was told to learn (train) or to be looked at (eval).",
    ),
)

GATE_NAMES = {"Forget": "forget", "Input": "input", "Candidate": "candidate", "Output": "output"}
GATES = tuple(
    EventType(f"{name}Gate", "gate", GATE, f"What the {gate} gate said at one time step.")
    for name, gate in GATE_NAMES.items()
) + tuple(
    EventType(
        f"{name}GateGradient",
        "gate",
        GATE,
        f"The slopes that came back to the {gate} gate at one time step.",
    )
    for name, gate in GATE_NAMES.items()
)

PARTS = {"f": "forget gate", "i": "input gate", "c": "candidate", "o": "output gate"}
PARTS |= {"hy": "readout", "y": "readout"}
WEIGHTS = tuple(
    EventType(
        f"{UPDATE}{kind}_{part}",
        "weight",
        WEIGHT,
        f"The {what} of the {PARTS[part]} moved: its length, its gradient's and its step's.",
    )
    for kind, what, parts in (
        ("W", "weights", ("f", "i", "c", "o", "hy")),
        ("b", "biases", ("f", "i", "c", "o", "y")),
    )
    for part in parts
)

REGISTRY: dict[str, EventType] = {each.name: each for each in EPOCHS + STEPS + GATES + WEIGHTS}


def event_type(name: str) -> EventType | None:
    """Return the type of an event by its name; None for one that is not ours."""
    found = REGISTRY.get(name)
    if found is None and name.startswith(UPDATE):
        parameter = name.removeprefix(UPDATE)
        meaning = f"The parameter {parameter} moved: its length, its gradient's and its step's."
        return EventType(name, "weight", WEIGHT, meaning)
    return found


def level_of(name: str) -> str:
    """Return the level of an event by its name; ``"step"`` for one that is not ours."""
    found = event_type(name)
    return "step" if found is None else found.level
