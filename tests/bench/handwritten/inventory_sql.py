"""What inventory writes, one statement per table."""

ITEMS = """
    INSERT INTO items AS i (item_id, workspace_id, version, state, fields, match_key, touches, split_digest)
    SELECT a, b, 1, 'active', c::jsonb, d, 0, ''
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS r (a, b, c, d) ORDER BY a
    ON CONFLICT (item_id) DO UPDATE SET version = i.version + 1, fields = excluded.fields,
        match_key = excluded.match_key, updated_at = now()
    RETURNING item_id, version
"""
VARIANTS = """
    INSERT INTO variants (variant_id, workspace_id, item_id, position, sku, gtin, options, on_hand, confirmed,
                          price_amount, price_currency)
    SELECT a, b, c, d, e, f, g::jsonb, h, false, i, j
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[],
                $9::numeric[], $10::text[]) AS r (a, b, c, d, e, f, g, h, i, j) ORDER BY a
    ON CONFLICT (variant_id) DO UPDATE SET sku = excluded.sku, gtin = excluded.gtin,
        on_hand = excluded.on_hand, options = excluded.options, price_amount = excluded.price_amount,
        price_currency = excluded.price_currency
"""
MOVEMENTS = """
    INSERT INTO movements (movement_id, workspace_id, item_id, variant_id, kind, quantity, reason, "by", at)
    SELECT gen_random_uuid(), b, c, a, 'opening', h, 'as imported from ' || l, 'import ' || i, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::uuid[]) AS r (a, b, c, h, l, i)
"""
LISTINGS = """
    INSERT INTO channel_listings (connection_id, listing_id, workspace_id, marketplace, account_id, sequence,
        batch_id, batch_kind, state, item_id, variants, channel, currency_missing, fingerprint, push_allowed,
        proposal_digest, revision)
    SELECT a, b, c, d, e, f, g, h, 'linked', i, j::jsonb, k::jsonb, false, l, false, '', 1
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::uuid[],
                $8::text[], $9::uuid[], $10::text[], $11::text[], $12::text[])
         AS r (a, b, c, d, e, f, g, h, i, j, k, l)
    ORDER BY a, b
    ON CONFLICT (connection_id, listing_id) DO UPDATE SET sequence = excluded.sequence,
        batch_id = excluded.batch_id, channel = excluded.channel, fingerprint = excluded.fingerprint
"""
JOURNAL = """
    INSERT INTO seedings (seeding_id, workspace_id, connection_id, listing_id, batch_id, item_id, outcome,
                          reasons, effects, at)
    SELECT gen_random_uuid(), c, a, b, g, i, 'created', 'new: nothing in inventory is the same thing.',
           '{"created": true}', now()
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[]) AS r (a, b, c, g, i)
"""
CLAIMS = """
    INSERT INTO claims (workspace_id, key)
    SELECT a, b FROM unnest($1::uuid[], $2::text[]) AS r (a, b) ORDER BY a, b ON CONFLICT DO NOTHING
"""
APPLY = """
    UPDATE channel_listings AS l SET push_allowed = d, verdict_version = e
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::bigint[]) AS r (a, b, c, d, e)
    WHERE l.connection_id = a AND l.listing_id = b AND l.fingerprint = c AND l.state = 'linked'
      AND l.verdict_version < e
"""
