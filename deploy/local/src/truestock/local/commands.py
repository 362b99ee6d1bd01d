"""``demo`` and ``run``: the two things a person does with the local stack."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from truestock.client.demo import run_demo
from truestock.client.demo.figures import check_writable
from truestock.client.endpoints import LOCAL_FILE
from truestock.contracts.problem import Refusal
from truestock.local import runs
from truestock.local.errors import StackError
from truestock.local.marketplaces import chosen
from truestock.local.options import StackOptions
from truestock.local.stack import Stack, Tell
from truestock.sandbox.catalog import CatalogError, load_csv

Command = Callable[[Console], int]
DEMO_RATE = "100"
"""Requests a second that the demo's sandbox allows where more than Etsy is shown."""


async def demo(console: Console) -> int:
    """Check the input, start a stack, run the whole journey on it, stop; the journey's exit code."""
    marketplaces = chosen(os.environ.get("MARKETPLACE"))
    options = StackOptions.from_environment("demo")
    if marketplaces != ("etsy",):
        # Shopify's lowest plan restores 100 points a second: a demo at that pace would be one long wait.
        options = replace(options, sandbox_arguments=(*options.sandbox_arguments, "--rate-limit", DEMO_RATE))
    _check_catalog(options)
    report = _report_path()
    async with Stack(options, tell=_teller(console)) as stack:
        return await run_demo(
            stack.endpoints,
            marketplaces=marketplaces,
            catalog=options.catalog,
            report_path=report,
            console=console,
        )


async def run(console: Console) -> int:
    """Start a stack, print how to use it, keep it until a signal comes."""
    options = StackOptions.from_environment("run")
    _check_catalog(options)
    async with Stack(options, tell=_teller(console)) as stack:
        addresses = _address_file()
        stack.endpoints.write(addresses)
        try:
            _introduce(console, stack)
            await _until_one_ends(stack)
        finally:
            addresses.unlink(missing_ok=True)
    return 1


def sweep(console: Console) -> int:
    """End what killed runs left behind."""
    base = runs.home()
    ended = runs.sweep(base) if base.is_dir() else []
    if ended:
        console.print(f"Ended {len(ended)} processes that a killed run had left.")
    return 0


async def _until_one_ends(stack: Stack) -> None:
    while all(unit.running() for unit in stack.units.values()):  # noqa: ASYNC110  # processes have no event
        await asyncio.sleep(0.5)
    ended = next(unit for unit in stack.units.values() if not unit.running())
    last = "\n".join(ended.logs().splitlines()[-15:])
    raise StackError(f"{ended.name} ended by itself; its last lines:\n{last}\n", f"Look at {ended.log}")


def _introduce(console: Console, stack: Stack) -> None:
    console.print("\n[bold]Truestock is running.[/bold]")
    for name, unit in stack.units.items():
        shown = f"{unit.url}" if name == "sandbox" else f"{unit.url}/docs"
        console.print(f"  {name:<10} {shown}", highlight=False)
    console.print(f"  {'broker':<10} {stack.broker.bootstrap}  {stack.broker.description}", highlight=False)
    console.print(f"  {'logs':<10} {stack.run.logs}", highlight=False, soft_wrap=True)
    console.print(
        "\nIn another terminal, in this folder: [bold].venv/bin/truestock login[/bold], then"
        " [bold].venv/bin/truestock --help[/bold]. Ctrl-C stops everything."
    )


def _check_catalog(options: StackOptions) -> None:
    if options.catalog is None:
        return
    try:
        load_csv(options.catalog)
    except CatalogError as error:
        raise StackError(f"The catalogue cannot be used: {error.args[0]}", "Nothing was started") from None


def _report_path() -> Path | None:
    named = os.environ.get("REPORT")
    if not named:
        return None
    path = Path(named).absolute()
    try:
        check_writable(path)
    except Refusal as refusal:
        raise StackError(refusal.detail, refusal.remedy) from None
    return path


def _address_file() -> Path:
    return runs.home() / LOCAL_FILE.name


def _teller(console: Console) -> Tell:
    return lambda text: console.print(f"[dim]{text}[/dim]")
