"""The statements on batch_row."""

from sqlalchemy import text

# What closed the row in place of an answer is shown first; a later answer wins again.
SHOWN_OUTCOME = """
    CASE closed_by WHEN 'dead_letter' THEN 'dead_lettered'
                   WHEN 'abandoned' THEN coalesce(outcome, 'abandoned')
                   WHEN 'excluded' THEN coalesce(outcome, 'excluded') ELSE outcome END
"""
SHOWN_REASONS = """
    reasons || CASE WHEN closed_by IN ('dead_letter', 'abandoned') THEN ARRAY[closing_reason]
                    WHEN excluded_reason IS NOT NULL THEN ARRAY[excluded_reason] ELSE '{}'::text[] END
"""
SELECT = f"""
    SELECT listing_id, title, maps, notes, duplicate_skus, inherited_from IS NOT NULL AS inherited,
           excluded_reason, verdict, findings, open_issues, item_id, waived, closed_by,
           {SHOWN_OUTCOME} AS shown_outcome, {SHOWN_REASONS} AS shown_reasons
    FROM batch_row
"""  # noqa: S608  # our own constants

ALL = text(f"{SELECT} WHERE batch_id = :batch_id ORDER BY position")
GET = text(f"{SELECT} WHERE batch_id = :batch_id AND listing_id = :listing_id")
PAGE = text(
    f"""{SELECT} WHERE batch_id = :batch_id AND listing_id > :after
          AND (NOT :only_open OR closed_by IS NULL)
        ORDER BY listing_id LIMIT :limit"""
)
PRESENT = text(
    """
    SELECT listing_id FROM batch_row
    WHERE batch_id = :batch_id AND listing_id = ANY (CAST(:listing_ids AS text[]))
    """
)
ADD = text(
    """
    INSERT INTO batch_row (workspace_id, batch_id, connection_id, listing_id, title, maps, notes,
                           duplicate_skus, sequence, payload_hash, mapped_hash, inherited_from,
                           excluded_reason, closed_by, closed_at)
    SELECT :workspace_id, :batch_id, :connection_id, r.listing_id, r.title, r.maps::jsonb, r.notes::jsonb,
           ARRAY(SELECT jsonb_array_elements_text(r.duplicates::jsonb)), r.sequence, r.payload, r.mapped,
           r.inherited_from, r.excluded,
           CASE WHEN r.excluded IS NOT NULL THEN 'excluded'
                WHEN r.inherited_from IS NOT NULL THEN 'inherited' END,
           CASE WHEN r.excluded IS NOT NULL OR r.inherited_from IS NOT NULL THEN now() END
    FROM unnest(CAST(:listing_ids AS text[]), CAST(:titles AS text[]), CAST(:maps AS text[]),
                CAST(:notes AS text[]), CAST(:duplicates AS text[]), CAST(:sequences AS bigint[]),
                CAST(:payloads AS bytea[]), CAST(:mapped AS bytea[]), CAST(:inherited AS uuid[]),
                CAST(:excluded AS text[]))
         WITH ORDINALITY AS r (listing_id, title, maps, notes, duplicates, sequence, payload, mapped,
                               inherited_from, excluded, n)
    ORDER BY r.n
    """
)
INHERIT = text(
    """
    UPDATE batch_row AS heir
    SET outcome = source.outcome, reasons = source.reasons, verdict = source.verdict,
        verdict_version = source.verdict_version, findings = source.findings,
        open_issues = source.open_issues, item_id = source.item_id, sequence = source.sequence
    FROM batch_row AS source
    WHERE heir.batch_id = :batch_id AND heir.listing_id = ANY (CAST(:listing_ids AS text[]))
      AND source.batch_id = heir.inherited_from AND source.listing_id = heir.listing_id
      AND source.batch_id = ANY (CAST(:sources AS uuid[]))
      AND source.listing_id = ANY (CAST(:listing_ids AS text[]))
    """
)
# An open row that is excluded stays open: its answer is still on its way, and the batch is drained.
EXCLUDE = text(
    """
    UPDATE batch_row SET excluded_reason = :reason
    WHERE batch_id = :batch_id AND listing_id = ANY (CAST(:listing_ids AS text[]))
    RETURNING listing_id
    """
)
WAIVE = text(
    """
    UPDATE batch_row SET waived = waived || CAST(:waiver AS jsonb)
    WHERE batch_id = :batch_id AND listing_id = :listing_id
    """
)
ABANDON = text(
    """
    UPDATE batch_row SET closed_by = 'abandoned', closing_reason = :reason, closed_at = :at
    WHERE batch_id = :batch_id AND listing_id = :listing_id AND closed_by IS NULL
    """
)
# The planner takes the SKUs of a connection that is new to it for one or two. Whatever it expects, each of
# them is read once, and each row of the batch twice: joined with each other, and that again for every row,
# 300 of them took seconds.
MARK_DUPLICATES = text(
    """
    WITH duplicate AS MATERIALIZED (
        SELECT listing_id, array_agg(sku ORDER BY sku) AS skus
        FROM (SELECT listing_id, sku, count(*) OVER (PARTITION BY sku) AS owners
              FROM listing_sku WHERE connection_id = :connection_id) AS s
        WHERE owners > 1
        GROUP BY listing_id
    ), no_longer AS (
        UPDATE batch_row SET duplicate_skus = '{}'
        WHERE batch_id = :batch_id AND duplicate_skus <> '{}'
          AND listing_id NOT IN (SELECT listing_id FROM duplicate)
    )
    UPDATE batch_row r SET duplicate_skus = d.skus FROM duplicate d
    WHERE r.batch_id = :batch_id AND r.listing_id = d.listing_id AND r.duplicate_skus <> d.skus
    """
)
