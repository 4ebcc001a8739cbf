import pytest
from django.urls import reverse

from proposals.models import Stage
from tests.factories import make_at

pytestmark = pytest.mark.django_db
WHO = ("oxford", "regionals", "lead", "committee_chair", "deans", "auditor", "admin_user")


@pytest.mark.parametrize("stage", [s for s in Stage if s != "draft"])
def test_every_stage(client, cast, stage):
    item = make_at(stage)
    for who in WHO:
        client.force_login(getattr(cast, who))
        r = client.get(reverse("admin:reviews_triageitem_changelist"))
        assert r.status_code == 200
        r = client.get(reverse("admin:reviews_triageitem_change", args=[item.pk]))
        if r.status_code == 404:
            continue
        for option in r.context["options"]:
            q = client.get(reverse("admin:reviews_triageitem_move", args=[item.pk, option.move.key]))
            assert q.status_code == 200, option
        s = client.get(reverse("admin:reviews_triageitem_sharing", args=[item.pk]))
        assert s.status_code == (404 if who in ("committee_chair", "deans") else 200)
