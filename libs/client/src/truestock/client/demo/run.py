"""The demo as one function: the local stack's ``demo`` command calls it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
from rich.console import Console, RenderableType
from rich.text import Text

from truestock.client.demo import seller
from truestock.client.demo.figures import (
    Comparison,
    Figures,
    Kept,
    Source,
    Together,
    check_writable,
    compare,
    write,
)
from truestock.client.demo.journey import Journey
from truestock.client.demo.people import Person
from truestock.client.demo.source import source_of, store_of
from truestock.client.demo.telling import Teller
from truestock.client.endpoints import Endpoints
from truestock.client.facade import Truestock
from truestock.client.http import TIMEOUT
from truestock.client.show.words import counts, facts, grid, several
from truestock.contracts.problem import Refusal


async def run_demo(
    endpoints: Endpoints,
    *,
    marketplaces: Sequence[str] = ("etsy",),
    catalog: Path | None = None,
    report_path: Path | None = None,
    console: Console | None = None,
) -> int:
    """Run the journey and print it; returns the exit code: 0 only if everything ended properly.

    ``marketplaces`` are connected one after the other; their first seller sells the same goods on each.
    ``catalog`` is the file that the sandbox sells (None: its generated catalogue); ``report_path`` also
    gets the figures as JSON.
    """
    teller = Teller(console or Console())
    try:
        if report_path is not None:
            check_writable(report_path)
        async with httpx.AsyncClient(timeout=TIMEOUT) as http:
            together = await _journeys(endpoints, http, teller, catalog, marketplaces)
        rows = compare(together)
        _final(teller, together, rows)
        if report_path is not None:
            write(together, report_path)
            teller.say(f"The figures are in {report_path}.")
    except Refusal as refusal:
        teller.console.print(f"[bold red]The demo stopped:[/] {refusal.code}", highlight=False)
        teller.console.print(f"{refusal.detail} {refusal.remedy}", markup=False, highlight=False)
        return 1
    return 0 if all(row.fine for row in rows) else 1


async def _journeys(
    endpoints: Endpoints,
    http: httpx.AsyncClient,
    teller: Teller,
    catalog: Path | None,
    marketplaces: Sequence[str],
) -> Together:
    teller.step("Log in")
    source = await source_of(http, endpoints, catalog)
    people = {name: Person(http, endpoints.issuer, name) for name in ("operator", "admin")}
    operator, admin = (Truestock(endpoints, person, http=http) for person in people.values())
    for person in people.values():
        await person()
        teller.say(f"Logged in as {person.name} at {endpoints.issuer}.")
    teller.say(
        f"The catalogue: {several(source.listings, 'listing')}, "
        f"{several(source.variants, 'variant')}, {several(source.stock, 'piece')}."
    )
    if len(marketplaces) > 1:
        before = await operator.connector.policies()
        await operator.connector.set_priority(marketplaces, revision=before.revision)
        teller.decision("operator", f"the order is {', '.join(marketplaces)}.")
    each = []
    for marketplace in marketplaces:
        if len(marketplaces) > 1:
            teller.chapter(marketplace)
        store = await store_of(http, endpoints, marketplace)
        journey = Journey(operator, admin, http, teller, seller.LOGIN, marketplace, store)
        each.append(await _journey(journey, source))
    links = Counter([len(item.channel_listings) async for item in operator.inventory.items()])
    return Together(tuple(each), dict(links))


async def _journey(journey: Journey, source: Source) -> Figures:
    operator = journey.operator
    connection = await journey.connect()
    await journey.refuse_bulk(connection)
    report = await journey.sample(connection)
    await journey.approve(connection, report)
    bulk = await journey.bulk(connection)

    key = connection.connection_id
    sample, own = report.batch, await operator.inventory.summary(connection_id=key)
    totals = await operator.inventory.summary()
    return Figures(
        source=source,
        inventory=Kept(totals.items, totals.variants, totals.stock, totals.unknown_stock, totals.held),
        outcomes=own.outcomes,
        verdicts=await journey.verdicts(connection),
        sample={
            "size": sum(1 for row in report.listings if not row.excluded),
            "strata": sum(1 for row in sample.coverage if row.in_catalogue),
            "covered": sum(1 for row in sample.coverage if row.in_catalogue and row.in_sample),
        },
        gate=(await operator.importer.gate(key)).model_dump(mode="json"),
        bulk={"listings": bulk.progress.read, "seconds": round(bulk.seconds or 0.0, 3)},
        connection={
            "marketplace": connection.marketplace,
            "account": connection.account.model_dump(mode="json", include={"id", "name"}),
        },
    )


def _final(teller: Teller, together: Together, rows: list[Comparison]) -> None:
    teller.step("Final report")
    table = grid("", "catalogue", "Truestock", "", right=frozenset({"catalogue", "Truestock"}))
    for row in rows:
        table.add_row(row.name, str(row.source), str(row.inventory), _mark(row))
    teller.show(table)
    for figures in together.each:
        account = figures.connection["account"]
        teller.show(
            facts(
                ("connection", f"{figures.connection['marketplace']}: {account['name']} ({account['id']})"),
                ("outcomes", counts(dict(figures.outcomes))),
                ("verdicts", counts(dict(figures.verdicts))),
                ("sample", f"{several(figures.sample['size'], 'listing')}, "
                           f"{figures.sample['covered']} of {figures.sample['strata']} strata covered"),
                ("gate", figures.gate["because"]),
                ("bulk", f"{several(int(figures.bulk['listings']), 'listing')} "
                         f"in {figures.bulk['seconds']} s"),
            )
        )  # fmt: skip
    kept = together.each[-1].inventory
    teller.show(
        facts(
            ("variants of unknown stock", kept.unknown_stock),
            ("held listings", kept.held),
            ("whole journey", f"{teller.seconds:.1f} s"),
        )
    )


def _mark(row: Comparison) -> RenderableType:
    if row.source == row.inventory:
        return Text("equal", style="green")
    return Text(row.why or "", style="yellow") if row.fine else Text("DIFFERENT", style="bold red")
