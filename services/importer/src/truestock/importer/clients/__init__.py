"""Outbound calls: marketplaces (reading only), the connector, inventory, photo hosts."""
