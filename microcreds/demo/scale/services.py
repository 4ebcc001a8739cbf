"""Thousands of proposals with their history, partners and mails, as copies of the demo's."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Model
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.demo import services as demo
from microcreds.demo.people import DOMAIN, PEOPLE
from microcreds.demo.scale.copying import COPIED, POOLED, Copier
from microcreds.demo.scale.draw import Copy, draw, people_named
from microcreds.demo.sent import count_as_sent
from proposals.models import Proposal, Stage
from reviews.clocks import campus_day
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move

# The demo has nothing at these stages: copies of what it has are moved on to them.
BEYOND_THE_DEMO: dict[Stage, tuple[Stage, Move, str]] = {
    Stage.RENEWAL_REVIEW: (Stage.ACTIVE, Move.OPEN_RENEWAL, ""),
    Stage.SUSPENDED: (Stage.ACTIVE, Move.SUSPEND, "low_enrollment"),
    Stage.CANCELLED: (Stage.APPROVED, Move.CANCEL, "no_demand"),
    Stage.MERGED: (Stage.TRIAGE, Move.MERGE, ""),
}
# An owner for each that many proposals, an organization of the demo once more for each that many.
PROPOSALS_OF_AN_OWNER, PROPOSALS_IN_A_POOL = 10, 100


@transaction.atomic
def seed(*, proposals: int, seed: int) -> None:
    """That many proposals more, at every stage, with people, answers, history, partners and mails.

    Rows are copied inside the database with their triggers off where its role may switch them off;
    what the triggers hold is then checked for all rows at once. The demo is loaded if it is not
    there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        if not demo.is_loaded():
            demo.load_demo()
        demo_people = User.objects.filter(email__in=[person.email for person in PEOPLE])
        of_demo = Proposal.objects.filter(submitter__in=demo_people).select_related("submitter")
        missing = [stage for stage in BEYOND_THE_DEMO if not of_demo.filter(stage=stage).exists()]
        begun = [
            Copy(number, of_demo.filter(stage=BEYOND_THE_DEMO[stage][0])[0], 0, None, "")
            for number, stage in enumerate(missing[:proposals], start=1)
        ]
        with _triggers_off(cursor):
            ids = _write(cursor, begun, owners=[], pools=1)
        for pk, stage in zip(ids, missing, strict=False):
            _move_on(Proposal.objects.get(pk=pk), stage)
        sources = list(of_demo)
        number = proposals - len(begun)
        owners = _add_owners(max(1, number // PROPOSALS_OF_AN_OWNER), seed)
        copies = draw(sources=sources, number=number, owners=len(owners), seed=seed)
        with _triggers_off(cursor):
            _write(cursor, copies, owners, pools=1 + number // PROPOSALS_IN_A_POOL)
            _refuse_if_stage_and_history_differ(cursor)
        tables: list[type[Model]] = [User, *COPIED, *POOLED]
        for model in tables:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _move_on(proposal: Proposal, stage: Stage) -> None:
    """It stands at ``stage`` since the day after it came to where it stood."""
    _from, key, reason = BEYOND_THE_DEMO[stage]
    at = proposal.stage_since + timedelta(days=1)
    target = Proposal.objects.filter(stage=Stage.CONSULTATION).order_by("pk")[0].reference
    given = Given(reason_code=reason, target=target, wake_on=campus_day(at) + timedelta(days=90))
    lead = User.objects.get(email=f"lead@{DOMAIN}")
    plan = build_plan(proposals=[proposal], move=key, actor=lead, given=given, at=at)
    move(plan=plan, at=at)
    count_as_sent(references=[proposal.reference], by=timezone.now())


def _add_owners(number: int, seed: int) -> list[User]:
    """People with an account nobody can sign in to by password."""
    first, unusable = User.objects.count(), make_password(None)
    return User.objects.bulk_create(
        User(email=f"scale{position}@{DOMAIN}", name=name, password=unusable)
        for position, name in enumerate(people_named(number, seed), start=first)
    )


def _write(
    cursor: CursorWrapper, copies: Sequence[Copy], owners: Sequence[User], pools: int
) -> list[int]:
    """The copies stand there; their ids, in their order."""
    cursor.execute(
        "CREATE TEMP TABLE scale_copy (number bigint, id bigint, reference text, title text,"
        " weeks int, pool bigint, owner_id bigint, owner_email text, source_id bigint,"
        " source_reference text, source_title text, source_owner_id bigint) ON COMMIT DROP"
    )
    newest = Proposal.objects.aggregate(newest=Max("pk"))["newest"]
    lines = io.StringIO()
    for copy in copies:
        owner = copy.source.submitter if copy.owner is None else owners[copy.owner]
        line = (
            *(copy.number, newest + copy.number, "", copy.title or copy.source.working_title),
            *(copy.weeks, copy.number % pools, owner.pk, owner.email),
            *(copy.source.pk, copy.source.reference, copy.source.working_title),
            copy.source.submitter_id,
        )
        lines.write("\t".join(map(str, line)) + "\n")
    lines.seek(0)
    cursor.copy_expert("COPY scale_copy FROM STDIN", lines)
    _give_references(cursor)
    copier = Copier(cursor, pools)
    copier.copy_pools()
    copier.copy_proposals()
    cursor.execute("DROP TABLE scale_copy")
    return [newest + copy.number for copy in copies]


def _give_references(cursor: CursorWrapper) -> None:
    """Each copy has the next number of the year it began in."""
    cursor.execute(
        "UPDATE scale_copy SET reference = given.reference FROM ("
        " SELECT c.id, 'MC-' || year || '-' || CASE WHEN n < 10000 THEN lpad(n::text, 4, '0')"
        " ELSE n::text END AS reference FROM ("
        " SELECT c.id, began.year, COALESCE(last, 0)"
        " + row_number() OVER (PARTITION BY began.year ORDER BY c.id) AS n FROM scale_copy c"
        " JOIN proposals_proposal p ON p.id = c.source_id"
        " CROSS JOIN LATERAL (SELECT extract(year FROM"
        " (p.created_at - c.weeks * interval '7 days') AT TIME ZONE %s)::int AS year) began"
        " LEFT JOIN proposals_referencecounter r ON r.year = began.year) c) given"
        " WHERE given.id = scale_copy.id",
        [settings.TIME_ZONE],
    )
    cursor.execute(
        "INSERT INTO proposals_referencecounter (year, last)"
        " SELECT split_part(reference, '-', 2)::int, max(split_part(reference, '-', 3)::int)"
        " FROM scale_copy GROUP BY 1"
        " ON CONFLICT (year) DO UPDATE SET last = excluded.last"
    )


@contextmanager
def _triggers_off(cursor: CursorWrapper) -> Iterator[None]:
    """Without the check of each row's keys and stage, which takes longer than writing it. Only a
    superuser of the database may; others wait for the checks."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    (may_switch,) = cursor.fetchone()
    if may_switch:
        cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    if may_switch:
        cursor.execute("SET LOCAL session_replication_role = origin")


def _refuse_if_stage_and_history_differ(cursor: CursorWrapper) -> None:
    """What the trigger ``stage_follows_history`` holds, asked of all proposals at once.

    Raises ``IntegrityError``.
    """
    cursor.execute(
        "SELECT count(*) FROM proposals_proposal p LEFT JOIN ("
        " SELECT DISTINCT ON (proposal_id) proposal_id, to_stage FROM reviews_stagechange"
        " ORDER BY proposal_id, id DESC) newest ON newest.proposal_id = p.id"
        " WHERE COALESCE(newest.to_stage, 'draft') <> p.stage"
    )
    (differing,) = cursor.fetchone()
    if differing:
        raise IntegrityError(f"{differing} proposals do not stand where their history says")
