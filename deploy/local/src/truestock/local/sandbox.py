"""The sandbox: marketplaces to develop against, and the token issuer of the stack."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from truestock.local.environment import inherited
from truestock.local.marketplaces import CLIENT_ID
from truestock.local.options import StackOptions
from truestock.local.ports import LOOPBACK
from truestock.local.postgres import SERVICES
from truestock.local.runs import Run
from truestock.local.units import Unit


def sandbox_unit(
    run: Run,
    options: StackOptions,
    client_secrets: Mapping[str, str],
    port: int,
    *,
    redirect_uris: Sequence[str] = (),
    name: str = "sandbox",
) -> Unit:
    """``python -m truestock.sandbox serve`` with this catalogue, these service clients and further people."""
    if options.catalog is not None:
        catalogue = ["--catalog", str(options.catalog)]
    else:
        catalogue = ["--generate", str(options.generated.listings), "--seed", str(options.generated.seed)]
    clients = _clients_file(run, name, client_secrets, options.people)
    redirect = [part for uri in redirect_uris for part in ("--redirect-uri", uri)]
    command = [
        *(sys.executable, "-m", "truestock.sandbox", "serve"),
        *("--host", LOOPBACK, "--port", str(port)),
        *("--etsy-client-id", CLIENT_ID, "--clients-file", str(clients)),
        *catalogue,
        *redirect,
        *options.sandbox_arguments,
    ]
    return Unit(run, name, command, inherited(), port, ready_path="/issuer/.well-known/openid-configuration")


def _clients_file(
    run: Run, name: str, client_secrets: Mapping[str, str], people: Sequence[Mapping[str, Any]]
) -> Path:
    """Who may ask the issuer for tokens; readable by this user alone and gone with the run."""
    clients = [
        {
            "client_id": f"truestock-{service}",
            "client_secret": secret,
            "audiences": [f"truestock-{target}" for target in SERVICES if target != service],
        }
        for service, secret in client_secrets.items()
    ]
    path = run.folder / f"{name}-clients.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"clients": clients, "users": list(people)}))
    run.discard_at_end(path)
    return path
