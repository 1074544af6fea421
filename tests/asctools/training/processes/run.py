"""Run all cases in this process of a group, and write what they come to: ``run DIRECTORY``.

At the end the last process fails in the middle of a training, and takes the others with it.
"""

import json
import sys
from pathlib import Path

from torch.optim import SGD

from asctools.training import Callback, EventLog, Trainer, distributed
from tests.asctools.training.processes.cases import run_all
from tests.asctools.training.processes.small import Reader, held_out, shuffled, step


class Fails(Callback):
    """An error in one process only."""

    def on_step_end(self, trainer: Trainer) -> None:
        """Raise it in the second epoch."""
        world = distributed.world()
        if trainer.iteration == 7 and world.rank == world.size - 1:
            raise RuntimeError(f"process {world.rank} has had enough")


def main(where: Path) -> None:
    """Write ``DIRECTORY/rank.json``, and train until it fails."""
    with distributed.joined() as world:
        found = run_all(where)
        (where / f"{world.rank}.json").write_text(json.dumps(found))
        model, callbacks = Reader(), [Fails(), EventLog(where / "failed.xes")]
        trainer = Trainer(model, step, SGD(model.parameters(), 0.1), callbacks=callbacks)
        trainer.fit(shuffled(), held_out(), 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
