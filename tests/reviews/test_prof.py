import cProfile, pstats, time
import pytest
from proposals.models import Stage
from tests.factories import *
from django.db import connection
from django.test.utils import CaptureQueriesContext
@pytest.mark.django_db
def test_x():
    make_cast(); make_submitted()
    with CaptureQueriesContext(connection) as q:
        make_cast()
    print("cast", len(q))
    with CaptureQueriesContext(connection) as q:
        make_draft()
    print("draft", len(q))
    with CaptureQueriesContext(connection) as q:
        make_submitted()
    print("submitted", len(q))
    p=cProfile.Profile(); t=time.process_time(); p.enable()
    for i in range(10): make_submitted()
    p.disable(); print(time.process_time()-t)
    pstats.Stats(p).sort_stats("cumtime").print_stats(45)
    p=cProfile.Profile(); t=time.process_time(); p.enable()
    make_at(Stage.ACTIVE)
    p.disable(); print(time.process_time()-t)
    pstats.Stats(p).sort_stats("tottime").print_stats(25)
    assert 0
