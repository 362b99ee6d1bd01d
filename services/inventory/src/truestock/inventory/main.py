"""The only place that wires inventory."""

from fastapi import FastAPI

from truestock.chassis.app import OwnerCommand, build_app, run
from truestock.chassis.migrations import folder_of
from truestock.chassis.transaction import Database
from truestock.inventory.api import Services, routers
from truestock.inventory.handlers import subscriptions
from truestock.inventory.settings import InventorySettings
from truestock.inventory.store import Store
from truestock.inventory.store.epoch import raise_epoch
from truestock.inventory.store.reading import Reading
from truestock.inventory.usecases.decide_held import DecideHeld
from truestock.inventory.usecases.record import DecideProposal, DecideSplit, EditItem
from truestock.inventory.usecases.set_policies import SetPolicies
from truestock.inventory.usecases.stock import AttestStock, CountStock, RecordMovement
from truestock.inventory.usecases.undo import UndoBatch

MIGRATIONS = folder_of(__file__)
RAISE_EPOCH = OwnerCommand(
    "raise-epoch", "after a restore from backup: let followers start over", raise_epoch
)


def build(settings: InventorySettings) -> FastAPI:
    """The wired service."""
    database = Database.from_settings(settings)
    store = Store(database)
    app = build_app(
        settings,
        routers=routers,
        subscriptions=subscriptions(store.begin, settings.consumer_max_records),
        database=database,
        title="Truestock inventory",
        version="1",
    )
    app.state.inventory = services(store)
    return app


def services(store: Store) -> Services:
    """The use cases behind the HTTP routes."""
    begin = store.begin
    return Services(
        reading=Reading(store),
        move=RecordMovement(begin),
        count=CountStock(begin),
        attest=AttestStock(begin),
        edit=EditItem(begin),
        decide_held=DecideHeld(begin),
        decide_split=DecideSplit(begin),
        decide_proposal=DecideProposal(begin),
        set_policies=SetPolicies(begin),
        undo=UndoBatch(begin),
    )


def main() -> None:
    """``python -m truestock.inventory serve|migrate|raise-epoch``."""
    run(build, InventorySettings, MIGRATIONS, commands=(RAISE_EPOCH,))
