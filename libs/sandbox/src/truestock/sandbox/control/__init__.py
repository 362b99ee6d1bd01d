"""The control API: look into the sandbox, change listings behind Truestock's back, inject faults. JSON.

``{account}`` is an account's login, user id or shop id.

GET    /control/accounts
    All accounts with their totals; ``/control/accounts/{account}`` is one of them.
POST   /control/accounts/{account}
    ``{currency?, shop_name?}``: change the shop's settings.
GET    /control/accounts/{account}/listings
    ``?offset&limit&state&q``: listings in plain words; ``…/listings/{listing_id}`` is one of them.
POST   /control/accounts/{account}/listings/{listing_id}/edits
    Change a listing as its seller would (below); answers the listing.
GET, POST, DELETE /control/faults
    The faults that still wait; inject one (below); remove those that match ``?account&kind&id`` (or all).
GET    /control/token-requests
    Counters of the token endpoints: account, grant, outcome, count.
GET, DELETE /control/requests
    ``?account&path&limit``: the newest requests, without secrets; forget requests and counters.
GET, POST /control/settings
    ``per_second, per_day, access_ttl, refresh_ttl, rotate, revoke_family_on_reuse, reuse_grace``, and
    ``canary``: a text that every new token of Etsy contains, to be looked for where no token may be.
POST   /control/issuer/token
    ``{login?, claims?, audience?, ttl?, foreign_key?}``: a token for tests; ``ttl`` may be negative.
POST   /control/issuer/rotate
    Sign with a new key from now on.

An edit: ``{title?, description?, state?, tags?, delete?, variant?, quantity?, price?, sku?, enabled?,
photos?, break_photos?}``. ``variant`` picks the variants that quantity, price, sku and enabled apply to: a
SKU, or an object of option names and values; without it all of them. ``quantity: null`` makes the quantity
unknown, ``price: null`` removes the price. ``photos``: how many there are from now on, or ``"reverse"`` or
``"rotate"`` for another order. ``break_photos``: true makes the files unreachable, false reachable again. A
changed quantity, price, sku or ``enabled`` gives new product and offering ids, as every update at Etsy does.

A fault: ``{kind, account?, times?, skip?, where?, path?, seconds?, retry_after?, status?, drop?, delta?}``;
without account every account is meant; ``times`` is 1 unless told, null until deleted; ``skip`` lets so many
matching requests pass first; ``where`` is ``api`` (default), ``token``, ``photos`` or ``any``; ``path``: only
requests whose path contains it.

===================== ==========================================================================
``rate_limited``      429 with ``retry-after: <retry_after>`` (1)
``server_error``      ``status`` (503)
``slow``              the answer comes after ``seconds`` (2)
``timeout``           no answer for ``seconds``, then 504
``truncate_page``     ``drop`` results (half) are missing from a page; its count is as before
``wrong_total``       a page's count is off by ``delta`` (5)
``lost_token_answer`` the token endpoint does its work, then the connection breaks
``expire_access``     at once: all access tokens of the account have expired
``revoke``            at once: everything the account granted is revoked (as a changed password does)
``renumber_variants`` at once: new product and offering ids everywhere
===================== ==========================================================================
"""
