"""What every command needs: addresses, login, output, and errors as sentences."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer
from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.markup import escape

from truestock.client import endpoints as addresses
from truestock.client.cli.seen import Seen
from truestock.client.endpoints import Endpoints
from truestock.client.facade import Truestock
from truestock.client.http import TIMEOUT
from truestock.client.login.flow import renew
from truestock.client.tokens import Login, LoginFile, StoredToken
from truestock.contracts.problem import Refusal, RefusalKind

EXIT = {
    RefusalKind.INVALID: 2,
    RefusalKind.FORBIDDEN: 3,
    RefusalKind.NOT_FOUND: 4,
    RefusalKind.CONFLICT: 5,
    RefusalKind.STALE: 6,
    RefusalKind.UNAVAILABLE: 7,
}
"""The command's exit code by kind of refusal; 130 after Ctrl-C."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the audit trail.")]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="The revision you decided on (default: the one you were last shown)."),
]


class Session:
    """One run of the command, as one user of this machine."""

    def __init__(
        self,
        folder: Path,
        find: Callable[[], Endpoints],
        *,
        out: Console | None = None,
        err: Console | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        interactive: bool | None = None,
    ) -> None:
        self.interactive = sys.stdin.isatty() if interactive is None else interactive
        self._find = find
        self._out = out
        self._err = err
        self._transport = transport
        self.asleep = asleep
        self.folder = folder
        self.login_file = LoginFile(folder / "login.json")
        self.seen = Seen(folder / "seen.json")

    @classmethod
    def of_this_user(cls, chosen: Path | None) -> "Session":
        """The real thing: this user's files, the addresses as :func:`addresses.find` finds them."""
        return cls(addresses.config_folder(), lambda: addresses.find(chosen))

    # Made when used: a test's runner replaces the standard streams for each command.
    @property
    def out(self) -> Console:
        """For what was asked for."""
        return self._out or Console()

    @property
    def err(self) -> Console:
        """For what went wrong and for hints."""
        return self._err or Console(stderr=True)

    @property
    def endpoints(self) -> Endpoints:
        """The installation to talk to."""
        return self._find()

    def http(self) -> httpx.AsyncClient:
        """A plain HTTP client, for the issuer."""
        return httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT)

    def run(self, work: Callable[[Truestock], Awaitable[None]]) -> None:
        """Do this with a client that is logged in; refusals become sentences and exit codes."""

        async def whole() -> None:
            async with self.http() as http:

                async def renewed(login: Login) -> Login | None:
                    return await renew(http, login)

                token = StoredToken(self.login_file, renewed)
                await work(Truestock(self.endpoints, token, http=http))

        self.run_plain(whole)

    def run_plain(self, work: Callable[[], Awaitable[None]]) -> None:
        """As :meth:`run`, without a client."""

        async def whole() -> None:
            await work()

        try:
            asyncio.run(whole())
        except Refusal as refusal:
            self.fail(refusal)
        except KeyboardInterrupt:
            self.err.print("Stopped. Whatever the services have accepted goes on there.")
            raise typer.Exit(130) from None
        except OSError as error:
            self.fail(_local(error))

    def fail(self, refusal: Refusal) -> NoReturn:
        """Say what is wrong and what to do next, and end."""
        self.err.print(f"[bold red]Error:[/] {escape(refusal.detail)}", highlight=False, soft_wrap=True)
        self.err.print(escape(refusal.remedy), highlight=False, soft_wrap=True)
        raise typer.Exit(EXIT[refusal.kind])

    def show(self, what: RenderableType) -> None:
        """Print something for people."""
        self.out.print(what)

    def answer(self, value: BaseModel | Iterable[BaseModel], shown: RenderableType, *, as_json: bool) -> None:
        """Print the answer to a reading command: a table, or the same as JSON."""
        if not as_json:
            self.show(shown)
            return
        data: Any = value.model_dump(mode="json") if isinstance(value, BaseModel) else None
        if data is None:
            data = [part.model_dump(mode="json") for part in value]  # type: ignore[union-attr]  # a list here
        self.out.file.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def session_of(ctx: typer.Context) -> Session:
    """The session that the root command made."""
    session = ctx.obj
    if not isinstance(session, Session):
        raise TypeError("the root command has not run")
    return session


def _local(error: OSError) -> Refusal:
    where = f" ({error.filename})" if error.filename else ""
    return Refusal(
        "local_file",
        f"A file of this command cannot be used: {error.strerror or error}{where}.",
        remedy="Check the permissions, or set XDG_CONFIG_HOME to a folder that you may write to.",
        kind=RefusalKind.INVALID,
    )
