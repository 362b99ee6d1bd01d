"""What all four services stand on, and no business noun.

Delivery (consumer runner, inbox, outbox, relay, dead letters), database and transactions with
row-level security, migrations, settings, telemetry, health, authentication, calls between services.
"""
