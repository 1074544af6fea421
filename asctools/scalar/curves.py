"""Read the curves that TensorBoard shows from its files, without TensorBoard's server.

Needs the extra ``lightning``, which holds TensorBoard; it is loaded when a file is read.
"""

import re
from pathlib import Path

from asctools.errors import InputError, explain

Curve = list[tuple[int, float]]


def read_scalars(folder: str | Path) -> dict[str, Curve]:
    """Read every curve of one version.

    Parameters
    ----------
    folder
        The folder that holds the event files, for example ``logs/version_0``.

    Returns
    -------
    dict
        Tag, for example ``"train_loss"`` → ``(step, value)`` in the order of the steps. Values
        are in single precision: that is how TensorBoard keeps them.

    Raises
    ------
    InputError
        If the folder holds no event file.
    """
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    if not any(Path(folder).glob("events.out.tfevents.*")):
        came = f"{folder}, which holds no events"
        todo = "pass a folder like logs/version_0, or use read_versions for all below logs"
        raise InputError(explain(came, "the folder of one version", todo))
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0})  # 0: keep all
    events.Reload()
    return {
        tag: sorted((event.step, event.value) for event in events.Scalars(tag))
        for tag in events.Tags()["scalars"]
    }


def read_versions(folder: str | Path, tag: str) -> dict[str, Curve]:
    """Read one curve of every version below ``folder``, in the order in which they were made.

    Returns
    -------
    dict
        ``"version_0"``, … → ``(step, value)`` in the order of the steps; a version that does not
        have the tag is left out.

    Raises
    ------
    InputError
        If no version has it.
    """
    versions = sorted(Path(folder).glob("version_*"), key=_number)
    curves = {version.name: read_scalars(version) for version in versions}
    found = {name: tags[tag] for name, tags in curves.items() if tag in tags}
    if not found:
        known = sorted({tag for tags in curves.values() for tag in tags})
        expected = f"one of {', '.join(known)}" if known else "folders version_0, version_1, …"
        todo = "pass the folder in which the versions stand, and a tag that was logged"
        raise InputError(explain(f"{tag!r} below {folder}", expected, todo))
    return found


def _number(version: Path) -> int:
    """Return the number at the end of a name, so that version_10 comes after version_9."""
    found = re.search(r"\d+$", version.name)
    return int(found[0]) if found else -1
