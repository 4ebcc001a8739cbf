import pytest

from proposals.models import Stage
from reviews.asks import asks_of
from tests.factories import make_at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", list(Stage))
def test_see(stage, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    make_at(stage)
    for n in (
        "proposer",
        "oxford",
        "lead",
        "committee",
        "committee_chair",
        "deans",
        "chair",
        "auditor",
        "admin_user",
    ):
        for a in asks_of(getattr(cast, n)):
            print(
                stage, n, a.key, a.words, a.url, a.due, a.by_day, a.is_shared, repr(a.stands_in_for)
            )
