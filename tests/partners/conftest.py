"""One proposal that waits to be shared, and one that is."""

import pytest

from partners.models import Share
from proposals.models import Proposal
from tests.factories import Cast, make_submitted
from tests.partners.sharing import share_it, summarized


@pytest.fixture
def proposal(cast: Cast) -> Proposal:
    """Submitted, with one partner that the proposer wants to share it with."""
    return summarized(make_submitted())


@pytest.fixture
def share(proposal: Proposal, cast: Cast) -> Share:
    return share_it(proposal, cast.oxford)
