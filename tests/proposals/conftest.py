"""A draft and its owner, signed in."""

import pytest

from proposals.services import create_draft


@pytest.fixture
def draft(proposer):
    return create_draft(owner=proposer, working_title="Sampling for shift leads")


@pytest.fixture
def me(client, proposer):
    client.force_login(proposer)
    return client
