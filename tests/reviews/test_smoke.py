import pytest
from proposals.models import Stage
from tests.factories import make_at
from microcreds.outbox.models import Message
pytestmark = pytest.mark.django_db
@pytest.mark.parametrize("stage", list(Stage))
def test_at(stage):
    p = make_at(stage)
    assert p.stage == stage
    for m in Message.objects.order_by("pk"):
        print(m.event, m.to, m.subject)
