"""How the demo talks: headings, who does what, and what is refused on purpose."""

import time

from rich.console import Console, RenderableType

from truestock.contracts.problem import Refusal

WIDTH = 120
"""Columns where the output is not a terminal but a file or a pipe."""


class Teller:
    """Prints the journey, numbered, with the time that each step began at."""

    def __init__(self, console: Console) -> None:
        if not console.is_terminal:
            console.width = max(console.width, WIDTH)
        self.console = console
        self._began = time.monotonic()
        self._step = 0

    @property
    def seconds(self) -> float:
        """Since the journey began."""
        return time.monotonic() - self._began

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._step += 1
        self.console.print()
        self.console.rule(f"[bold]{self._step}. {title}[/]  [dim]{self.seconds:.1f} s[/]", align="left")

    def chapter(self, title: str) -> None:
        """Begin another marketplace."""
        self.console.print()
        self.console.rule(f"[bold]{title}[/]", characters="═")

    def show(self, what: RenderableType) -> None:
        """A table or a text, as the command line shows it."""
        self.console.print(what)

    def say(self, text: str) -> None:
        """A plain sentence."""
        self.console.print(text, highlight=False)

    def decision(self, who: str, what: str) -> None:
        """A decision that the demo takes in an operator's place."""
        self.console.print(f"[bold cyan]{who} decides:[/] {what}", highlight=False)

    def refused(self, attempt: str, refusal: Refusal) -> None:
        """A refusal that the demo provokes to show a guard."""
        self.console.print(f"[bold]{attempt}[/] → refused, as it must be ([dim]{refusal.code}[/]):")
        self.console.print(
            f"  {refusal.detail} {refusal.remedy}", highlight=False, markup=False, style="yellow"
        )
