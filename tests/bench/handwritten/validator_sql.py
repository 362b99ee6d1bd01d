"""What the validator writes, one statement per table."""

VERDICTS = """
    INSERT INTO verdicts AS v (workspace_id, batch_id, connection_id, listing_id, version, sequence,
        marketplace, title, item_id, item_version, fingerprint, verdict, open_issues, findings, validated_at)
    SELECT a, b, c, d, 1, e, f, g, h, i, j, k, l::jsonb, m, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::uuid[],
                $9::int[], $10::text[], $11::text[], $12::text[], $13::int[])
         AS r (a, b, c, d, e, f, g, h, i, j, k, l, m)
    ORDER BY a, b, c, d
    ON CONFLICT (workspace_id, batch_id, connection_id, listing_id) DO UPDATE SET version = v.version + 1,
        sequence = excluded.sequence, verdict = excluded.verdict, findings = excluded.findings,
        fingerprint = excluded.fingerprint, item_version = excluded.item_version, validated_at = now()
    RETURNING connection_id, listing_id, version
"""
SUBJECTS = """
    INSERT INTO subjects (workspace_id, connection_id, listing_id, marketplace, account_id, item_id,
        item_version, epoch, fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence, base,
        verdict_version, validated_fingerprint, validated_at)
    SELECT a, b, c, d, e, f, g, 0, h, i, now(), true, j, k, l, m, 1, h, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::text[],
                $9::text[], $10::uuid[], $11::text[], $12::int[], $13::text[])
         AS r (a, b, c, d, e, f, g, h, i, j, k, l, m)
    ORDER BY a, b, c
    ON CONFLICT (workspace_id, connection_id, listing_id) DO UPDATE SET state = excluded.state,
        fingerprint = excluded.fingerprint, sequence = excluded.sequence, batch_id = excluded.batch_id,
        base = excluded.base
"""
DROP = """
    DELETE FROM findings AS f USING unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS r (a, b, c, d)
    WHERE f.workspace_id = a AND f.batch_id = b AND f.connection_id = c AND f.listing_id = d
"""
FINDINGS = """
    INSERT INTO findings (workspace_id, batch_id, connection_id, listing_id, ordinal, rank, check_name,
                          finding_class, severity, subject, inventory, fix)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::smallint[],
                         $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
"""
