"""What manifests and the compose file say of marketplaces is what services and sandbox understand."""

import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from starlette.routing import Match, Route

from truestock.connector.settings import ConnectorSettings
from truestock.importer.settings import ImporterSettings
from truestock.marketplaces import registry
from truestock.marketplaces.api import OneToken
from truestock.marketplaces.registration import Registration, Registrations
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings as SandboxSettings
from truestock.validator.settings import Settings as ValidatorSettings

DEPLOY = Path(__file__).parents[3] / "deploy"
K8S = DEPLOY / "k8s"
SERVICES = {"connector": ConnectorSettings, "importer": ImporterSettings, "validator": ValidatorSettings}
FIVE = {"amazon", "ebay", "etsy", "shopify", "woocommerce"}
NEEDED = {
    "TRUESTOCK_DATABASE_URL": "postgresql://app@nowhere/x",
    "TRUESTOCK_SYSTEM_DATABASE_URL": "postgresql://system@nowhere/x",
    "TRUESTOCK_CLIENT_SECRET": "made-up",
}
PLACES = {"compose": "http://sandbox.test:8090", "dev": "http://sandbox.truestock-dev.svc"}
"""Where the sandbox answers, by stack."""


def rendered(folder: Path) -> list[dict[str, Any]]:
    """The manifests of a kustomization."""
    documents: list[dict[str, Any]] = runpy.run_path(str(K8S / "render.py"))["build"](folder)
    return documents


def one(documents: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """The one manifest of this kind and name."""
    [found] = [each for each in documents if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def environment(documents: list[dict[str, Any]], service: str) -> dict[str, str]:
    """What a service's container gets; values of Secrets that are not among the manifests are made up."""
    values: dict[str, str] = dict(one(documents, "ConfigMap", "truestock")["data"])
    secrets = {each["metadata"]["name"]: each for each in documents if each["kind"] == "Secret"}
    [container] = one(documents, "Deployment", service)["spec"]["template"]["spec"]["containers"]
    for entry in container["env"]:
        if "value" in entry:
            values[entry["name"]] = entry["value"]
            continue
        reference = entry["valueFrom"]["secretKeyRef"]
        if reference["name"] in secrets:
            values[entry["name"]] = secrets[reference["name"]]["stringData"][reference["key"]]
        elif not reference.get("optional"):
            values[entry["name"]] = NEEDED[entry["name"]]
    return values


def of_stack(stack: str, service: str) -> dict[str, str]:
    """A service's environment in a stack with the sandbox."""
    if stack == "dev":
        return environment(rendered(K8S / "overlays" / "dev"), service)
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    values: dict[str, str] = compose["services"][service]["environment"]
    return values


def registered(
    monkeypatch: pytest.MonkeyPatch, service: str, values: Mapping[str, str]
) -> dict[str, Registration]:
    """The marketplaces that a service with this environment serves."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings: Registrations = SERVICES[service]()
    return settings.registrations()


@pytest.mark.parametrize("service", SERVICES)
def test_the_base_serves_no_marketplace_until_an_overlay_names_an_application(
    monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    values = environment(rendered(K8S / "base"), service)
    assert registered(monkeypatch, service, values) == {}
    for name in FIVE:
        monkeypatch.setenv(f"TRUESTOCK_{name.upper()}_CLIENT_ID", "ours")
    served = registered(monkeypatch, service, {})
    assert served.keys() == FIVE
    for name, registration in served.items():
        adapter = registry.get(name)
        application = registration.application(adapter, "https://ours.example/callback")
        assert application.api_url == adapter.api_url
        assert application.authorize_url == adapter.oauth.authorize_url
        assert application.redirect_uri == "https://ours.example/callback"


def test_secrets_are_referenced_and_never_in_the_config_map() -> None:
    values = one(rendered(K8S / "base"), "ConfigMap", "truestock")["data"]
    assert not [name for name in values if name.endswith(("_SECRET", "_WEBHOOK_TOKEN", "_KEYS"))]
    [container] = one(rendered(K8S / "base"), "Deployment", "connector")["spec"]["template"]["spec"][
        "containers"
    ]
    referenced = {entry["name"] for entry in container["env"] if "secretKeyRef" in entry.get("valueFrom", {})}
    assert {
        "TRUESTOCK_AMAZON_CLIENT_SECRET",
        "TRUESTOCK_EBAY_CLIENT_SECRET",
        "TRUESTOCK_EBAY_WEBHOOK_TOKEN",
        "TRUESTOCK_SHOPIFY_CLIENT_SECRET",
    } <= referenced


def test_the_internet_reaches_callbacks_and_webhooks_only() -> None:
    ingresses = [each for each in rendered(K8S / "base") if each["kind"] == "Ingress"]
    [ingress] = ingresses
    [rule] = ingress["spec"]["rules"]
    paths = [
        (path["path"], path["pathType"], path["backend"]["service"]["name"]) for path in rule["http"]["paths"]
    ]
    assert paths == [("/v1/oauth", "Prefix", "connector"), ("/v1/webhooks", "Prefix", "connector")]
    public = urlsplit(one(rendered(K8S / "base"), "ConfigMap", "truestock")["data"]["TRUESTOCK_PUBLIC_URL"])
    assert (public.scheme, public.hostname) == ("https", rule["host"])
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    assert "defaultBackend" not in ingress["spec"]


@pytest.mark.parametrize("stack", PLACES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_stack_with_the_sandbox_serves_all_five(
    monkeypatch: pytest.MonkeyPatch, stack: str, service: str
) -> None:
    served = registered(monkeypatch, service, of_stack(stack, service))
    assert served.keys() == FIVE
    for name, registration in served.items():
        assert registration.api_at(registry.get(name)).startswith(PLACES[stack])


@pytest.mark.parametrize("stack", PLACES)
def test_the_sandbox_answers_where_the_connector_asks(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    sandbox = build(SandboxSettings(base=PLACES[stack]), generate(1, 7))
    values = of_stack(stack, "connector")
    for name, registration in registered(monkeypatch, "connector", values).items():
        application = registration.application(registry.get(name), "http://ours.example/callback")
        asked = [("GET", application.authorize_url)]
        if not registry.get(name).oauth.posts_keys:
            asked.append(("POST", application.token_url))
            assert application.client_secret is not None or name == "etsy"
        for method, address in asked:
            path = urlsplit(address.replace("{store}", "main.myshopify.com")).path
            scope = {"type": "http", "method": method, "path": path, "root_path": ""}
            hit = [
                route
                for route in sandbox.routes
                if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL
            ]
            assert hit, f"{name}: nothing answers {method} {path}"
        assert name != "ebay" or application.webhook_token


@pytest.mark.parametrize("stack", PLACES)
async def test_the_store_that_a_stack_names_is_recognised(
    monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    """The sandbox answers over http; a store is taken over https only, and asked where the settings say."""
    values = of_stack(stack, "connector")
    registration = registered(monkeypatch, "connector", values)["woocommerce"]
    adapter, posts = registry.get("woocommerce"), list[dict[str, Any]]()

    def receive(request: httpx.Request) -> httpx.Response:
        posts.append(json.loads(request.content))
        return httpx.Response(200)

    callback = f"{values['TRUESTOCK_PUBLIC_URL']}/v1/oauth/woocommerce/callback"
    sandbox = build(
        SandboxSettings(base=PLACES[stack], redirect_uris=(callback,)),
        generate(3, 7),
        transport=httpx.MockTransport(receive),
    )
    store = adapter.oauth.store(f"{PLACES[stack].replace('http:', 'https:')}/woocommerce/main")
    application = registration.application(adapter, callback)
    consent = adapter.oauth.consent_url(
        application, state="state-1", challenge="", store=store, callback_url=callback
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox)) as http:
        agreed = await http.get(httpx.URL(consent).copy_merge_params({"login": "main"}))
        assert agreed.is_redirect, agreed.text
        [posted] = posts
        keys = f"{posted['consumer_key']}:{posted['consumer_secret']}"
        api = adapter.api(
            http,
            base_url=registration.api_at(adapter),
            client_id=registration.client_id,
            tokens=OneToken(keys),
            store=store,
        )
        assert (await adapter.account(api)).id == store
        assert len((await adapter.page(api, None)).raws) == 3
