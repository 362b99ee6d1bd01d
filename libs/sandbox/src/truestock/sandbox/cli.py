"""The command line: ``serve`` and ``check``."""

import argparse
import gc
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, CatalogError, generate, load_csv
from truestock.sandbox.issuer.server import SERVICE_TTL_S, IssuerSettings
from truestock.sandbox.rooms import ROOMS
from truestock.sandbox.serve import AddressRefused, bind, run
from truestock.sandbox.settings import (
    DEFAULT_APP,
    DEFAULT_SECRET,
    ClientsFile,
    Settings,
    SettingsError,
    read_clients_file,
)

_REFUSED = 2


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code, 2 with one sentence on stderr when the input is refused."""
    options = _parser().parse_args(arguments)
    try:
        return _check(options) if options.command == "check" else _serve(options)
    except (CatalogError, SettingsError, AddressRefused) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED


def _check(options: argparse.Namespace) -> int:
    catalog = load_csv(options.file)
    figures = {**catalog.totals().as_dict(), "notes": dict(catalog.notes)}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def _serve(options: argparse.Namespace) -> int:
    clients = read_clients_file(options.clients_file) if options.clients_file else ClientsFile()
    catalog = _catalog(options)
    listener = bind(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    settings = Settings(
        base=(options.public_url or f"http://{host}:{listener.getsockname()[1]}").rstrip("/"),
        accounts=options.accounts,
        marketplaces=options.marketplaces,
        per_second=options.rate_limit,
        per_day=options.daily,
        token_ttl=options.token_ttl,
        etsy_app=options.etsy_client_id,
        client_id=options.client_id,
        client_secret=options.client_secret,
        webhooks=dict(options.webhook_url),
        redirect_uris=tuple(options.redirect_uri),
        issuer=IssuerSettings(service_ttl=options.service_token_ttl),
        services=clients.services,
        people=clients.people,
        seed=options.seed,
    )
    sys.stdout.write(f"sandbox: {settings.base} with {len(catalog.products)} listings\n")
    sys.stdout.flush()
    app = build(settings, catalog)
    gc.collect()
    gc.freeze()  # the catalogue stays; looking through it again and again would only slow answers down
    run(app, listener, log_level=options.log_level)
    return 0


def _catalog(options: argparse.Namespace) -> Catalog:
    if options.catalog:
        return load_csv(options.catalog)
    return generate(options.generate, options.seed)


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
        return int(text)

    return whole


def _marketplaces(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if unknown := [name for name in names if name not in ROOMS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(ROOMS)}")
    return names


def _webhook(text: str) -> tuple[str, str]:
    name, _, address = text.partition("=")
    if name not in ROOMS or not address.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=URL with one of {', '.join(ROOMS)}")
    return name, address


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("truestock.sandbox", description="Marketplaces to develop against.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read a catalogue file and print what it adds up to, as JSON")
    check.add_argument("file", type=Path)
    _serve_options(commands.add_parser("serve", help="run the marketplaces and the local token issuer"))
    return parser


def _serve_options(serve: argparse.ArgumentParser) -> None:
    add, names = serve.add_argument, ", ".join(ROOMS)
    add("--host", default="127.0.0.1")
    add("--port", type=_at_least(0), required=True, help="0 takes a free one, which the first line names")
    add("--public-url", help="the address as clients see it, when it is not http://HOST:PORT")
    source = serve.add_mutually_exclusive_group()
    source.add_argument("--catalog", type=Path, help="a product CSV export of Shopify")
    source.add_argument("--generate", type=_at_least(0), default=50, help="so many products of its own (50)")
    add("--seed", type=int, default=7, help="the same seed gives the same products (7)")
    add(
        "--accounts",
        type=_at_least(1),
        default=3,
        help="seller accounts; the catalogue goes to the first (3)",
    )
    add("--marketplaces", type=_marketplaces, default=(), help=f"comma separated; all unless told: {names}")
    add("--rate-limit", type=_at_least(1), help="requests a second and application (each marketplace's own)")
    add("--daily", type=_at_least(1), help="requests a day and application (each marketplace's own)")
    add("--token-ttl", type=float, help="seconds that an access token lives (each marketplace's own)")
    add(
        "--service-token-ttl",
        type=float,
        default=SERVICE_TTL_S,
        help=f"and one of the issuer for a service ({SERVICE_TTL_S:.0f})",
    )
    add("--etsy-client-id", default=DEFAULT_APP, help=f"Etsy's API key ({DEFAULT_APP})")
    add("--client-id", default=DEFAULT_APP, help=f"the application at the others ({DEFAULT_APP})")
    add("--client-secret", default=DEFAULT_SECRET, help=f"and its secret ({DEFAULT_SECRET})")
    add(
        "--webhook-url",
        type=_webhook,
        action="append",
        default=[],
        metavar="NAME=URL",
        help="where a marketplace's notices go; repeatable",
    )
    add("--redirect-uri", action="append", default=[], help="repeatable; without it any loopback address")
    add("--clients-file", type=Path, help="JSON: service clients with secrets, and more local users")
    add("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
