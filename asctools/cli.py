"""The command line: ``python -m asctools COMMAND``.

A command is a function that adds its own parser, and a function that runs it and returns the exit
code. What a command needs is imported when it runs, so that ``doctor`` starts on a bare Python.
"""

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any

from asctools import __version__
from asctools.errors import AscError, InputError, explain

CLOSED_PIPE = 141  # as a shell says of a program that the signal SIGPIPE has ended


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


TRAIN_EXAMPLES = """examples:
  python -m asctools train casting
  python -m asctools train casting --set model.pooling=last --seed 1 --out runs/last
  python -m asctools train --resume runs/casting
  python -m asctools train casting --explain > mine.yaml
  python -m torch.distributed.run --standalone --nproc-per-node 2 -m asctools train casting

What can be trained, and every key of a configuration: python -m asctools train --explain"""


def _add_train(commands: Any) -> None:
    text = "train a model as a configuration says"
    parser = commands.add_parser(
        "train",
        help=text,
        description=text.capitalize() + ". Everything goes into one folder: the configuration,\n"
        "checkpoints, tables and curves, an event log, and the scores beside their rivals. Ctrl-C\n"
        "ends it cleanly, and --resume goes on. The exit code is 0 when it is done, 1 when the\n"
        "loss became no number, 2 when the input was refused, 130 when it was interrupted.",
        epilog=TRAIN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("config", nargs="?", metavar="CONFIG", help="a YAML file, or the name of a shipped one")
    add("--out", metavar="DIR", help="where to write; runs/NAME by default")
    add("--resume", nargs="?", const="", metavar="PATH", help="go on: a folder or a checkpoint")
    add(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="change keys of the configuration: training.num_epochs=3",
    )
    add("--device", default="auto", help="auto, cpu or cuda")
    add(
        "--threads", type=int, default=1, help="of the processor; small networks are fastest with 1"
    )
    add("--seed", type=int, help="in place of training.seed")
    add(
        "--explain",
        nargs="?",
        const="",
        metavar="KEY",
        help="print what can be configured, or one section or key of it, and train nothing",
    )
    add("--quiet", action="store_true", help="print the final table only")
    parser.set_defaults(run=_run_train)


def _run_train(options: argparse.Namespace) -> int:
    _need_torch("one that can train")
    if options.explain is not None:
        from asctools.tasks.manual import manual

        print(manual(options.config, options.explain, options.set), end="")
        return 0
    from asctools.tasks.run import train

    return train(
        options.config,
        out=options.out,
        resume=options.resume,
        changes=options.set,
        device=options.device,
        threads=options.threads,
        seed=options.seed,
        quiet=options.quiet,
    )


DETECT_EXAMPLES = """examples:
  python -m asctools detect tower.wav --checkpoint standard --out strikes.csv
  python -m asctools detect tower.csv --rate 2000 --gaps mask --out strikes.xes
  python -m asctools detect tower.npy --rate 1920 --resample --checkpoint runs/tower
  python -m asctools detect tower.npy --rate 2000 --stream --delay-s 0.25"""


def _add_detect(commands: Any) -> None:
    text = "find the strikes in a recording: which bell, and when"
    parser = commands.add_parser(
        "detect",
        help=text,
        description=text.capitalize() + ". The recording is .npy, .wav, .csv, .tsv or .txt,\n"
        "its channels those of the training. The exit code is 0 when it is done, 1 when it is\n"
        "done but the recording is unlike the data of the training, 2 when the input was refused.",
        epilog=DETECT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "recording",
        metavar="RECORDING",
        help="a file .npy (samples, channels), .wav, .csv, .tsv or .txt",
    )
    add("--checkpoint", metavar="PATH", help="a model file, a training's folder or a name")
    add("--out", metavar="FILE", help=".csv, .xes or .xes.gz; RECORDING-strikes.csv by default")
    add("--rate", type=float, help="samples a second, where the file does not say it")
    add("--threshold", type=float, help="the least score of a strike; the checkpoint's by default")
    add("--gaps", default="refuse", help="where readings are missing: refuse or mask")
    add("--resample", action="store_true", help="bring it to the rate of the training")
    add("--full-scale", type=float, help="what the largest count of a converter stands for")
    add("--allow-constant", action="store_true", help="even if a channel stands still")
    add("--no-refractory", action="store_true", help="let a bell strike as often as it seems to")
    add("--period-s", type=float, help="a bell strikes once in so long; the model's by default")
    add("--stream", action="store_true", help="as on a stream: a causal model, without PyTorch")
    add("--delay-s", type=float, default=0.5, help="of a stream: when a strike is final (0.5)")
    add("--quiet", action="store_true", help="print warnings only")
    parser.set_defaults(run=_run_detect)


def _run_detect(options: argparse.Namespace) -> int:
    if not options.stream:
        _need_torch("one that can run the model; --stream needs none")
    from asctools.events.command import detect

    return detect(
        options.recording,
        options.checkpoint,
        options.out,
        rate=options.rate,
        threshold=options.threshold,
        gaps=options.gaps,
        resample=options.resample,
        stream=options.stream,
        delay_s=options.delay_s,
        apply_refractory=not options.no_refractory,
        period_s=options.period_s,
        full_scale=options.full_scale,
        allow_constant=options.allow_constant,
        quiet=options.quiet,
    )


def _add_label(commands: Any) -> None:
    text = "say of each onset in a recording which bell it was, and keep that for training"
    parser = commands.add_parser(
        "label",
        help=text,
        description=text.capitalize() + ".\nEvery answer is saved at once: quit, and go on "
        "whenever you like. The exit code is 0 when\nit is done, 2 when the input was refused.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "recording",
        metavar="RECORDING",
        help="a file .npy (samples, channels), .wav, .csv, .tsv or .txt",
    )
    add("--out", metavar="FILE", default="labels.csv", help="where to keep the labels (labels.csv)")
    add("--rate", type=float, help="samples a second, where the file does not say it")
    add("--gaps", default="refuse", help="where readings are missing: refuse or mask")
    add("--least", type=float, default=0.5, help="how far the energy rises, in e-foldings (0.5)")
    add("--bells", type=int, default=16, help="how many bells there are (16)")
    parser.set_defaults(run=_run_label)


def _run_label(options: argparse.Namespace) -> int:
    from asctools.events.labelling import label

    return label(
        options.recording,
        options.out,
        rate=options.rate,
        gaps=options.gaps,
        least=options.least,
        bells=options.bells,
    )


def _need_torch(expected: str) -> None:
    if importlib.util.find_spec("torch") is None:
        todo = "install it: pip install 'asctools[torch]'; python -m asctools doctor says more"
        raise InputError(explain("a Python without PyTorch", expected, todo))


# One entry a command, in the order of the help text.
COMMANDS = (_add_doctor, _add_mine, _add_train, _add_detect, _add_label)


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
        refused its input, 130 when it was interrupted, 141 when nobody reads its output any more.
        (For words it does not know, argparse ends the process with 2.)
    """
    options = parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()  # here, where a closed pipe can still be told
        return code
    except BrokenPipeError:  # "| head" has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except AscError as error:
        print(f"asctools: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("asctools: interrupted", file=sys.stderr)
        return 130
