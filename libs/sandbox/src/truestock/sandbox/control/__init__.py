"""The control API: look into the sandbox, change listings behind Truestock's back, inject faults. JSON.

``{account}`` is an account's login, user id or account id, after its marketplace: ``shopify:main``. Without a
marketplace a login or an id is one of Etsy's; an id that Etsy has not is looked for at the others. (A sandbox
without Etsy: its first marketplace takes Etsy's place here and below.)

GET    /control/accounts
    ``?marketplace``: all accounts with their totals; ``/control/accounts/{account}`` is one of them.
POST   /control/accounts
    ``{login, marketplace?, shop_name?, currency?, csv?, generate?, seed?}``: open an account, at Etsy unless
    told, with the products of a Shopify export's text or with so many generated ones.
POST   /control/accounts/{account}
    ``{currency?, shop_name?}``: change the shop's settings.
GET    /control/accounts/{account}/listings
    ``?offset&limit&state&q``: listings in plain words; ``…/listings/{listing_id}`` is one of them.
POST   /control/accounts/{account}/listings/{listing_id}/edits
    Change a listing as its seller would (below); answers the listing.
GET, POST, DELETE /control/faults
    The faults that still wait; inject one (below); remove those that match ``?marketplace&account&kind&id``
    (or all).
GET    /control/token-requests
    Counters of the token endpoints: marketplace, account, grant, outcome, count.
GET, DELETE /control/requests
    ``?marketplace&account&path&limit``: the newest requests, without secrets; forget requests and counters.
    A notice (webhook) that was sent is among them as ``NOTICE``, with status 0 when nobody answered.
GET, POST /control/settings
    ``?marketplace`` (Etsy): its limits (Etsy's are ``per_second, per_day``) and ``access_ttl, refresh_ttl,
    rotate, revoke_family_on_reuse, reuse_grace``; a lifetime of null is for ever. ``canary``: a text that
    every new token contains (without ``?marketplace`` everywhere), to be looked for where no token may be.
POST   /control/issuer/token
    ``{login?, claims?, audience?, ttl?, foreign_key?}``: a token for tests; ``ttl`` may be negative.
POST   /control/issuer/rotate
    Sign with a new key from now on.

An edit: ``{title?, description?, state?, tags?, delete?, variant?, quantity?, price?, sku?, enabled?,
photos?, break_photos?}``. ``variant`` picks the variants that quantity, price, sku and enabled apply to: a
SKU, or an object of option names and values; without it all of them. ``quantity: null`` makes the quantity
unknown, ``price: null`` removes the price. ``photos``: how many there are from now on, or ``"reverse"`` or
``"rotate"`` for another order. ``break_photos``: true makes the files unreachable, false reachable again. A
changed quantity, price, sku or ``enabled`` gives new product and offering ids at Etsy, as every update does.

A fault: ``{kind, marketplace?, account?, times?, skip?, where?, path?, seconds?, retry_after?, status?,
drop?, delta?}``; without account every account is meant, of the marketplace or of all; ``times`` is 1 unless
told, null until deleted; ``skip`` lets so many matching requests pass first; ``where`` is ``api`` (default),
``token``, ``photos`` or ``any``; ``path``: only requests whose path contains it.

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
``renumber_variants`` at once: new ids of variants everywhere
``uninstall``         at once: the seller removes the application: everything is revoked, and a marketplace
                      with such notices (webhooks) tells the address of ``--webhook-url``
``close_account``     at once: the same for a seller who closes the account, with that notice
===================== ==========================================================================
"""
