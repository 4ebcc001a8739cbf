"""``make bench``: what our pages and moves cost beside the least a Django app can do.

``floor`` is that least app: one model, one form, the plain admin, one Celery task a mail. ``ours``
is the product with a header that says how many statements an answer took. Both run under the same
gunicorn on the same private PostgreSQL, on databases made afresh for each size, and take turns
round by round, so that the ratio holds on a machine that is busy with other things. A row of the
table is one entry of ``bench.rows.ROWS``. Production never imports this package.
"""
