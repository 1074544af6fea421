"""A figure with a kernel behind it: an anywidget with one synchronised trait per entry of state."""

from collections.abc import Callable, Mapping
from typing import Any

from asctools.course.widgets.source import Source
from asctools.course.widgets.still import described
from asctools.errors import AscError, explain
from asctools.plots import COLOURS


def live_figure(
    source: Source, state: Mapping[str, Any], checks: Mapping[str, Callable[[Any], Any]], alt: str
) -> Any:
    """Return the widget.

    Raises
    ------
    AscError
        If anywidget is not installed.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise AscError(
            explain(
                f"no package {error.name!r} for the interactive figure {source.name!r}",
                "anywidget beside the kernel",
                "install it with `pip install anywidget`, or set ASC_STATIC=1 for the still form",
            )
        ) from None

    class Checked(traitlets.TraitType[Any, Any]):
        """A trait whose check is a function; what has no check may be anything."""

        def __init__(self, start: Any, check: Callable[[Any], Any]) -> None:
            super().__init__(start)
            self.check = check

        def validate(self, obj: Any, value: Any) -> Any:
            return self.check(value)

    def trait(key: str, start: Any) -> Any:
        check = checks.get(key, lambda value: value)
        return Checked(start, check).tag(sync=True, to_json=lambda value, _: plain(value))

    members: dict[str, Any] = {key: trait(key, start) for key, start in state.items()}
    members |= {
        "_esm": source.esm,
        "_css": source.css + lab_colours(),
        "__doc__": alt,
        "__module__": __name__,
        "__repr__": lambda self: described(alt),
    }
    name = source.name.title().replace("-", "")
    return type(name, (anywidget.AnyWidget,), members)()


def plain(value: Any) -> Any:
    """Return ``value`` with tuples, named ones too, as lists: what JSON and JavaScript know."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def lab_colours() -> str:
    """Return the colours of all roles for JupyterLab's light and dark theme.

    They hold for the whole notebook, so that its other figures take them too.
    """
    blocks = []
    for light, theme in (("true", "light"), ("false", "dark")):
        values = (f"{colour.variable}:{getattr(colour, theme)}" for colour in COLOURS.values())
        blocks.append(f'body[data-jp-theme-light="{light}"]{{{";".join(values)}}}')
    return "".join(blocks)
