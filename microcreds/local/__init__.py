"""Private servers behind ``make run`` and ``make test``; production never imports this package.

    python -m microcreds.local run                what ``make run`` does
    python -m microcreds.local test [ARG…]        what ``make test`` does; ARG… go to pytest
    python -m microcreds.local check              what ``make check`` does
    python -m microcreds.local exec CMD…          run CMD with DATABASE_URL and REDIS_URL set
    python -m microcreds.local throwaway CMD…     the same on fresh servers, removed afterwards
    python -m microcreds.local.clean              end what runs, drop its data

A URL that the environment or ``.env`` holds wins, and nothing is started for it. Whoever leaves
last stops the servers. Only ``prepare``, which has a process of its own, imports Django.
"""
