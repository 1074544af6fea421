"""One tab of the browser, and everything that a page complains about or asks of others."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

# What the theme says on every page and means nothing by; anything else is a finding.
HARMLESS = (
    "THEBE_JS_URL' has already been declared",  # jupyter-book names one script twice
    "Got invalid theme mode",  # the theme, on a first visit, before a mode was chosen
)


@dataclass
class Visit:
    """One tab, and everything it complained about or asked of others."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("request", self._request)
        self.page.on(
            "response",
            lambda answer: answer.status >= 400 and self._complain(f"{answer.status} {answer.url}"),
        )
        self.page.on("requestfailed", lambda request: self._complain(f"failed: {request.url}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complain(message.text)

    def _complain(self, text: str) -> None:
        if not any(known in text for known in HARMLESS):
            self.complaints.append(text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1", "file:", "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, address: str) -> Page:
        """Open a page and wait until its equations are drawn."""
        self.page.goto(address, wait_until="load")
        self.page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
        return self.page

    def set_theme(self, mode: str) -> None:
        """Choose light or dark as the theme's own switch does."""
        self.page.evaluate(
            """mode => { document.documentElement.dataset.mode = mode;
                         document.documentElement.dataset.theme = mode; }""",
            mode,
        )
        # Colours would fade over, and be measured half way.
        self.page.add_style_tag(content="* { transition: none !important; }")
        self.page.wait_for_timeout(100)


def address(base: str, name: str) -> str:
    """The address of a chapter below a server or a folder."""
    return f"{base}/book/{name}.html"
