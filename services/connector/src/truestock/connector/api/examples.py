"""Examples that the API's documentation shows."""

from typing import Any

ATTEMPT: dict[str, Any] = {
    "attempt_id": "6f0c1f0e-43a5-4e4b-9d1c-1f6f7c0a9b11",
    "marketplace": "etsy",
    "purpose": "connect",
    "connection_id": None,
    "state": "awaiting_confirmation",
    "authorization_url": None,
    "started_by": "olga",
    "created_at": "2026-03-01T09:00:00Z",
    "expires_at": "2026-03-02T09:01:00Z",
    "expected_account": {"id": "10000001", "name": "LinenAndClay"},
    "account": {
        "marketplace": "etsy",
        "id": "10000001",
        "name": "LinenAndClay",
        "url": "https://www.etsy.com/shop/LinenAndClay",
    },
    "account_matches": True,
    "granted_scopes": ["listings_r", "shops_r"],
    "missing_scopes": [],
    "settings": {
        "currency": "EUR",
        "site": "etsy.com",
        "locale": "en-US",
        "locations": [{"id": "DE", "name": "ships from DE"}],
        "policies": {},
    },
    "settings_hash": "0f343b0931126a20",
    "failure": None,
    "revision": 2,
}
CONNECTION: dict[str, Any] = {
    "connection_id": "3b0dbe0a-7a4b-4f4b-8a39-8e1c54a7d1c2",
    "marketplace": "etsy",
    "account": ATTEMPT["account"],
    "state": "active",
    "granted_scopes": ["listings_r", "shops_r"],
    "settings": ATTEMPT["settings"],
    "settings_hash": "0f343b0931126a20",
    "access_expires_at": "2026-03-01T10:01:00Z",
    "refresh_expires_at": "2026-05-30T09:01:00Z",
    "token_version": 1,
    "sample_approved": False,
    "revision": 1,
    "confirmed_at": "2026-03-01T09:02:00Z",
    "confirmed_by": "olga",
    "reason": None,
}
AUDIT_LINE: dict[str, Any] = {
    "at": "2026-03-01T09:02:00Z",
    "who": "olga",
    "who_name": "Olga",
    "action": "connection.confirmed",
    "subject": CONNECTION["connection_id"],
    "before": None,
    "after": {"account_id": "10000001"},
    "reason": None,
    "trace_id": None,
}
LEASE: dict[str, Any] = {
    "access_token": "…",
    "token_version": 3,
    "expires_at": "2026-03-01T10:01:00Z",
    "marketplace": "etsy",
    "account_id": "10000001",
    "settings": ATTEMPT["settings"],
}
