"""A reader of the first chapters needs no PyTorch: import everything that says so without it."""

import subprocess
import sys
from pathlib import Path

import pytest

import asctools

FOLDER = Path(asctools.__file__).parent

# The modules that are about PyTorch. Everything else has to do without it.
TORCH = {f"asctools.scalar.{name}" for name in ("cell", "checkpoint", "lightning", "shapes")}
TORCH |= {"asctools.rnn", "asctools.training", "asctools.rnn_trainer"}  # with all that is in them
TORCH |= {"asctools.casting.model"}
TORCH |= {
    f"asctools.events.{name}"
    for name in (
        "data",
        "detect",
        "losses",
        "models",
        "pretraining",
        "rescoring",
        "specific_loss",
        "trainers",
    )
}

BLOCK = """
import importlib, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked")

sys.path.insert(0, {root!r})
sys.meta_path.insert(0, Block())
"""


def modules() -> list[str]:
    """Return the name of every module of asctools, as its files say."""
    names = []
    for path in sorted(FOLDER.rglob("*.py")):
        parts = ("asctools", *path.relative_to(FOLDER).with_suffix("").parts)
        if parts[-1] != "__main__":  # would run the command line
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def needs_torch(name: str) -> bool:
    """Return whether a module or a package around it is one of those about PyTorch."""
    parts = name.split(".")
    return any(".".join(parts[: at + 1]) in TORCH for at in range(len(parts)))


def run(code: str, blocked: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh Python in which some packages cannot be imported."""
    head = BLOCK.format(blocked=blocked, root=str(FOLDER.parent))
    return subprocess.run(
        [sys.executable, *options, "-c", head + code], capture_output=True, text=True, timeout=120
    )


def test_every_module_but_those_of_pytorch_imports_without_it() -> None:
    free = [name for name in modules() if not needs_torch(name)]
    assert {"asctools.scalar.by_hand", "asctools.dataset.companies", "asctools.doctor"} <= set(free)
    done = run(
        f"for name in {free!r}: importlib.import_module(name)\n"
        "print(sorted({'matplotlib', 'pm4py', 'pandas'} & set(sys.modules)))",
        blocked=("torch", "pytorch_lightning", "lightning"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", "heavy packages are for when they are first used"


@pytest.mark.parametrize("name", sorted(TORCH))
def test_the_block_works(name: str) -> None:
    done = run(f"importlib.import_module({name!r})", blocked=("torch",))
    assert done.returncode == 1
    assert "torch is blocked" in done.stderr


def test_the_plain_cell_trains_on_a_bare_python() -> None:
    # -S leaves out every installed package: no NumPy, no PyTorch, nothing.
    code = (
        "from asctools.scalar import by_hand\n"
        "from asctools.dataset import companies\n"
        "print(len(by_hand.train(epochs=3).losses), 'numpy' in sys.modules)"
    )
    done = run(code, ("numpy", "torch"), "-I", "-S")
    assert done.stdout.split() == ["3", "False"], done.stderr


def test_importing_asctools_loads_none_of_its_parts() -> None:
    code = "import asctools; print([n for n in sys.modules if n.startswith('asctools.')])"
    done = run(code, blocked=())
    assert done.stdout.strip() == "[]", done.stderr
