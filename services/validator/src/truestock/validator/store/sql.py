"""Statements. Arrays go in once per column and are joined by position."""

from sqlalchemy import text

SUBJECT_COLUMNS = """
    s.workspace_id, s.connection_id, s.listing_id, s.marketplace, s.account_id, s.item_id, s.item_version,
    s.epoch, s.fingerprint, s.state_at, s.seeded, s.batch_id, s.batch_kind, s.sequence, s.base,
    s.verdict_version, s.validated_fingerprint, s.validated_at, s.withdrawn
"""

_KEYS = """
    unnest(CAST(:workspace_ids AS uuid[]), CAST(:connection_ids AS uuid[]), CAST(:listing_ids AS text[]))
        AS k (workspace_id, connection_id, listing_id)
"""
_BY_KEY = """
    s.workspace_id = k.workspace_id AND s.connection_id = k.connection_id AND s.listing_id = k.listing_id
"""


def lock_subjects(*, whole: bool) -> str:
    """Rows by key, locked in one order everywhere; the state only when it is asked for."""
    state = "s.state" if whole else "CAST(NULL AS text)"
    return f"""
        SELECT {SUBJECT_COLUMNS}, {state} AS state
        FROM {_KEYS} JOIN subjects s ON {_BY_KEY}
        ORDER BY s.workspace_id, s.connection_id, s.listing_id
        FOR UPDATE OF s
    """  # noqa: S608  # only constants are put together


LOCK_WHOLE = text(lock_subjects(whole=True))
LOCK_LEAN = text(lock_subjects(whole=False))
STATES = text(
    f"""
    SELECT s.workspace_id, s.connection_id, s.listing_id, s.state
    FROM {_KEYS} JOIN subjects s ON {_BY_KEY}
    """  # noqa: S608  # as above
)
# OFFSET 0 keeps it one index probe per item: while the table has no statistics, a join would be planned
# that reads everything that the workspaces have.
LISTINGS_OF = text(
    """
    SELECT s.workspace_id, s.connection_id, s.listing_id, s.item_id
    FROM unnest(CAST(:workspace_ids AS uuid[]), CAST(:item_ids AS uuid[])) AS k (workspace_id, item_id),
         LATERAL (SELECT workspace_id, connection_id, listing_id, item_id FROM subjects
                  WHERE workspace_id = k.workspace_id AND item_id = k.item_id OFFSET 0) s
    """
)
BATCH_SUBJECTS = text(
    f"""
    SELECT {SUBJECT_COLUMNS}, s.state
    FROM subjects s
    LEFT JOIN verdicts v USING (workspace_id, batch_id, connection_id, listing_id)
    WHERE s.batch_id = :batch_id AND s.seeded AND NOT s.withdrawn AND s.state IS NOT NULL
      AND (s.listing_id = ANY (CAST(:listing_ids AS text[]))
           OR (CAST(:listing_ids AS text[]) IS NULL AND v.verdict IS DISTINCT FROM 'passed'))
    ORDER BY s.validated_at, s.connection_id, s.listing_id
    LIMIT :most
    """  # noqa: S608  # as above
)
KNOWS_BATCH = text("SELECT EXISTS (SELECT FROM verdicts WHERE batch_id = :batch_id)")

_SUBJECT_ARRAYS = """
    unnest(
        CAST(:workspace_ids AS uuid[]), CAST(:connection_ids AS uuid[]), CAST(:listing_ids AS text[]),
        CAST(:marketplaces AS text[]), CAST(:account_ids AS text[]), CAST(:item_ids AS uuid[]),
        CAST(:item_versions AS int[]), CAST(:epochs AS bigint[]), CAST(:fingerprints AS text[]),
        CAST(:states AS text[]), CAST(:state_ats AS timestamptz[]), CAST(:seededs AS boolean[]),
        CAST(:batch_ids AS uuid[]), CAST(:batch_kinds AS text[]), CAST(:sequences AS int[]),
        CAST(:bases AS text[]), CAST(:verdict_versions AS int[]), CAST(:validated_fingerprints AS text[]),
        CAST(:validated_ats AS timestamptz[]), CAST(:withdrawns AS boolean[])
    ) AS k (
        workspace_id, connection_id, listing_id, marketplace, account_id, item_id, item_version, epoch,
        fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence, base, verdict_version,
        validated_fingerprint, validated_at, withdrawn
    )
"""
ADD_SUBJECTS = text(
    f"""
    INSERT INTO subjects (
        workspace_id, connection_id, listing_id, marketplace, account_id, item_id, item_version, epoch,
        fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence, base, verdict_version,
        validated_fingerprint, validated_at, withdrawn)
    SELECT workspace_id, connection_id, listing_id, marketplace, account_id, item_id, item_version, epoch,
           fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence, base,
           verdict_version, validated_fingerprint, validated_at, withdrawn
    FROM {_SUBJECT_ARRAYS}
    ORDER BY workspace_id, connection_id, listing_id
    ON CONFLICT DO NOTHING
    RETURNING workspace_id, connection_id, listing_id
    """  # noqa: S608  # as above
)
SAVE_SUBJECTS = text(
    f"""
    UPDATE subjects s SET
        marketplace = k.marketplace, account_id = k.account_id, item_id = k.item_id,
        item_version = k.item_version, epoch = k.epoch, fingerprint = k.fingerprint,
        state = CASE WHEN k.state IS NULL THEN s.state ELSE k.state END, state_at = k.state_at,
        seeded = k.seeded, batch_id = k.batch_id, batch_kind = k.batch_kind, sequence = k.sequence,
        base = k.base, verdict_version = k.verdict_version,
        validated_fingerprint = k.validated_fingerprint, validated_at = k.validated_at,
        withdrawn = k.withdrawn
    FROM {_SUBJECT_ARRAYS}
    WHERE {_BY_KEY}
    """  # noqa: S608  # as above
)
SAVE_VERDICTS = text(
    """
    INSERT INTO verdicts (
        workspace_id, batch_id, connection_id, listing_id, version, sequence, marketplace, title, item_id,
        item_version, fingerprint, verdict, open_issues, findings, validated_at)
    SELECT workspace_id, batch_id, connection_id, listing_id, version, sequence, marketplace, title, item_id,
           item_version, fingerprint, verdict, open_issues::jsonb, findings, validated_at
    FROM unnest(
        CAST(:workspace_ids AS uuid[]), CAST(:batch_ids AS uuid[]), CAST(:connection_ids AS uuid[]),
        CAST(:listing_ids AS text[]), CAST(:versions AS int[]), CAST(:sequences AS int[]),
        CAST(:marketplaces AS text[]), CAST(:titles AS text[]), CAST(:item_ids AS uuid[]),
        CAST(:item_versions AS int[]), CAST(:fingerprints AS text[]), CAST(:verdicts AS text[]),
        CAST(:open_issues AS text[]), CAST(:findings AS int[]), CAST(:validated_ats AS timestamptz[])
    ) AS k (
        workspace_id, batch_id, connection_id, listing_id, version, sequence, marketplace, title, item_id,
        item_version, fingerprint, verdict, open_issues, findings, validated_at)
    ORDER BY workspace_id, batch_id, connection_id, listing_id
    ON CONFLICT (workspace_id, batch_id, connection_id, listing_id) DO UPDATE SET
        version = EXCLUDED.version, sequence = EXCLUDED.sequence, title = EXCLUDED.title,
        item_id = EXCLUDED.item_id, item_version = EXCLUDED.item_version,
        fingerprint = EXCLUDED.fingerprint, verdict = EXCLUDED.verdict,
        open_issues = EXCLUDED.open_issues, findings = EXCLUDED.findings,
        validated_at = EXCLUDED.validated_at
    """
)
DROP_FINDINGS = text(
    """
    DELETE FROM findings f USING unnest(
        CAST(:workspace_ids AS uuid[]), CAST(:batch_ids AS uuid[]), CAST(:connection_ids AS uuid[]),
        CAST(:listing_ids AS text[])
    ) AS k (workspace_id, batch_id, connection_id, listing_id)
    WHERE f.workspace_id = k.workspace_id AND f.batch_id = k.batch_id
      AND f.connection_id = k.connection_id AND f.listing_id = k.listing_id
    """
)
ADD_FINDINGS = text(
    """
    INSERT INTO findings (
        workspace_id, batch_id, connection_id, listing_id, ordinal, rank, check_name, finding_class,
        severity, variant_id, subject, base, inventory, marketplace, fix)
    SELECT * FROM unnest(
        CAST(:workspace_ids AS uuid[]), CAST(:batch_ids AS uuid[]), CAST(:connection_ids AS uuid[]),
        CAST(:listing_ids AS text[]), CAST(:ordinals AS int[]), CAST(:ranks AS smallint[]),
        CAST(:checks AS text[]), CAST(:classes AS text[]), CAST(:severities AS text[]),
        CAST(:variant_ids AS uuid[]), CAST(:subjects AS text[]), CAST(:bases AS text[]),
        CAST(:inventories AS text[]), CAST(:marketplaces AS text[]), CAST(:fixes AS text[]))
    """
)
POLICIES = text("SELECT workspace_id, price_tolerance FROM policies")
KEPT_POLICIES = text("SELECT price_tolerance, revision FROM policies WHERE workspace_id = :workspace_id")
LOCK_POLICIES = text(
    "SELECT price_tolerance, revision FROM policies WHERE workspace_id = :workspace_id FOR UPDATE"
)
SAVE_POLICIES = text(
    """
    INSERT INTO policies (workspace_id, price_tolerance, revision)
    VALUES (:workspace_id, :price_tolerance, :revision)
    ON CONFLICT (workspace_id) DO UPDATE
        SET price_tolerance = EXCLUDED.price_tolerance, revision = EXCLUDED.revision
        WHERE policies.revision = EXCLUDED.revision - 1
    RETURNING 1
    """
)
DISCONNECTED = text("SELECT connection_id FROM connections WHERE state = 'disconnected'")
SAVE_CONNECTIONS = text(
    """
    INSERT INTO connections (workspace_id, connection_id, marketplace, account_id, state, reason, version)
    SELECT * FROM unnest(
        CAST(:workspace_ids AS uuid[]), CAST(:connection_ids AS uuid[]), CAST(:marketplaces AS text[]),
        CAST(:account_ids AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
        CAST(:versions AS int[]))
    ON CONFLICT (workspace_id, connection_id) DO UPDATE SET
        account_id = EXCLUDED.account_id, state = EXCLUDED.state, reason = EXCLUDED.reason,
        version = EXCLUDED.version
        WHERE connections.version < EXCLUDED.version
    """
)
