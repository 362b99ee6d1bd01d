"""What an operator decided for the whole workspace, over all services."""

from truestock.client.models.common import Answer
from truestock.client.models.connector import ConnectorPolicies
from truestock.client.models.inventory import InventoryPolicies
from truestock.client.models.validator import ValidatorPolicies


class WorkspacePolicies(Answer):
    """Each service's policies, each with its own revision."""

    connector: ConnectorPolicies
    inventory: InventoryPolicies
    validator: ValidatorPolicies
