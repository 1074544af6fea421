"""The command line: ``python -m asctools COMMAND``.

A command is a function that adds its own parser, and a function that runs it and returns the exit
code. What a command needs is imported when it runs, so that ``doctor`` starts on a bare Python.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from asctools import __version__
from asctools.errors import AscError


def _add_doctor(commands: Any) -> None:
    text = "say what is installed, what is missing, and what to type"
    parser = commands.add_parser("doctor", help=text, description=text.capitalize() + ".")
    parser.set_defaults(run=_run_doctor)


def _run_doctor(_: argparse.Namespace) -> int:
    from asctools import doctor

    return doctor.run()


def _add_mine(commands: Any) -> None:
    text = "draw the directly-follows graphs of an event log, and say what deviates"
    parser = commands.add_parser(
        "mine",
        help=text,
        description=text.capitalize() + ". Any XES file will do; the log of a training is also "
        "compared with healthy training. The exit code is 0 where nothing deviates, 1 where "
        "something does, 2 where the log was refused.",
    )
    add = parser.add_argument
    add("log", metavar="LOG", help="a file .xes or .xes.gz")
    add("--case", help="what holds events together: trace, iteration, or an attribute")
    add("--level", help="full, main, gates or weights; all that the log has by default")
    add("--activity", default="concept:name", help="the attribute that names what happened")
    add("--arcs", type=int, default=30, help="how many arcs a picture shows at most (30)")
    add("--out", metavar="DIR", help="where to write; LOG-mined by default")
    parser.set_defaults(run=_run_mine)


def _run_mine(options: argparse.Namespace) -> int:
    from asctools.eventlog.mine import mine

    return mine(
        options.log,
        case=options.case,
        level=options.level,
        activity=options.activity,
        most_arcs=options.arcs,
        out=options.out,
    )


# One entry a command, in the order of the help text.
COMMANDS = (_add_doctor, _add_mine)


def parser() -> argparse.ArgumentParser:
    """Return the parser with every command in it."""
    top = argparse.ArgumentParser(
        prog="python -m asctools",
        description="The companion library of From One Cell to Sixteen Bells.",
    )
    top.add_argument("--version", action="version", version=f"asctools {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The words after ``python -m asctools``; those of this process when None.

    Returns
    -------
    int
        The exit code: 0 when all is well, 1 when the command found a problem, 2 when asctools
        refused its input. (For words it does not know, argparse ends the process with 2.)
    """
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except AscError as error:
        print(f"asctools: {error}", file=sys.stderr)
        return 2
