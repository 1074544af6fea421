"""Make .venv and install the project into it: the first step of every make target.

    python tools/bootstrap.py book torch

Runs under whatever Python the machine has, so it is written for all of them: the one thing
an old Python must still be able to do is say that it is too old.
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")


def complaint(version, executable):
    """Say what is wrong with this Python, or return None when it will do."""
    if tuple(version[:2]) >= OLDEST:
        return None
    have = ".".join(str(part) for part in version[:3])
    need = ".".join(str(part) for part in OLDEST)
    return (
        "This book needs Python {need} or newer, but {executable} is Python {have}.\n"
        "Install a newer Python, or name one that is already there:\n"
        "    make book PYTHON=python{need}"
    ).format(need=need, have=have, executable=executable)


def venv_python():
    """Return the path of the interpreter inside the virtual environment."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(VENV, folder, name)


def fingerprint(extras):
    """Return a digest of everything that decides what has to be installed."""
    digest = hashlib.sha256(" ".join([sys.version] + sorted(extras)).encode("utf-8"))
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def stamp_path(extras):
    """Return the file that remembers what was installed for these extras."""
    return os.path.join(VENV, "installed-" + "-".join(sorted(extras)))


def is_installed(extras):
    """Tell whether the last finished installation still fits the pins."""
    try:
        with open(stamp_path(extras)) as stamp:
            return stamp.read() == fingerprint(extras) and os.path.exists(venv_python())
    except (IOError, OSError):
        return False


def say(line):
    """Print a line at once, in order with the output of the commands that follow."""
    print(line)
    sys.stdout.flush()


def run(command, what):
    """Run one command; on failure stop and name the step, since pip's last line seldom does."""
    if subprocess.call(command, cwd=ROOT):
        sys.exit(
            "\n{0} failed; the lines above say why. Mend it and type the same command again:\n"
            "what was installed so far is kept. To start afresh: make clean-all".format(what)
        )


def install(extras):
    """Create the environment if need be and install asctools with the given extras."""
    if not os.path.exists(venv_python()):
        say("[install] a virtual environment in .venv")
        try:
            probe = os.path.join(ROOT, ".venv-probe.tmp")
            os.mkdir(probe)
            os.rmdir(probe)
        except OSError as error:
            sys.exit(
                "Cannot write into {0} ({1}).\nThe virtual environment, the cache and the pages "
                "live in this folder: copy the book to a folder of your own, or change its "
                "permissions.".format(ROOT, error.strerror)
            )
        run([sys.executable, "-m", "venv", VENV], "Making .venv")
    say("[install] " + ", ".join(extras) + " (a first time takes some minutes)")
    pip = [venv_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if "torch" in extras and os.environ.get("TORCH_INDEX"):
        run(
            pip
            + ["--constraint", "constraints.txt", "--index-url", os.environ["TORCH_INDEX"]]
            + ["torch"],
            "Installing PyTorch from TORCH_INDEX",
        )
    target = ".[" + ",".join(sorted(extras)) + "]"
    run(pip + ["--constraint", "constraints.txt", "--editable", target], "Installing " + target)


def main(arguments):
    """Install what is missing and say nothing when nothing is."""
    problem = complaint(sys.version_info, sys.executable)
    if problem:
        sys.exit(problem)
    extras = arguments or ["book", "torch", "lightning"]
    if is_installed(extras):
        return
    install(extras)
    with open(stamp_path(extras), "w") as stamp:
        stamp.write(fingerprint(extras))


if __name__ == "__main__":
    main(sys.argv[1:])
