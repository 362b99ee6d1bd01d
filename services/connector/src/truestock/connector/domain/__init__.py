"""Pure decisions of the connector; the rules are those of the design, "Connector: authenticate securely"."""
