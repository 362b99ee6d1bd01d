"""What people, services, marketplaces and clocks can make the connector do: one verb phrase per use case."""
