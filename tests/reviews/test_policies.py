"""How staff set the process: what holds, what would change, what was before."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.urls import reverse

from proposals.models import Stage
from reviews import policies
from reviews.holidays import days_off
from reviews.models import Holiday, Policy
from reviews.plans import Given, build_plan
from reviews.policy_effects import effects_of
from reviews.progress import progress_of
from reviews.services import changes_of, move
from reviews.stage_clock import Mark, StageClock
from reviews.workflow import LIMITS, MOVES, REASONS, STAGES, Move
from tests.factories import make_at

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_policy_changelist")
MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)


def page_of(key):
    return reverse("admin:reviews_policy_change", args=[key])


def set_stage(lead, stage, **changed):
    """The stage as it is, with these values instead."""
    setting = policies.setting_of(f"stage:{stage}")
    value = {**policies.value_of(setting), **changed}
    policy = policies.set_policy(setting=setting, value=value, why="We agreed so.", by=lead)
    policies.refresh()
    return policy


def posted(key, **changed):
    """What the form of a setting posts, as it is now."""
    setting = policies.setting_of(key)
    return {**policies.value_of(setting), "why": "We agreed so.", **changed}


def test_a_target_that_staff_set_counts_from_the_next_entry_on(cast):
    before = make_at(Stage.TRIAGE, at=MONDAY)

    set_stage(cast.lead, "triage", target_days=8)
    after = make_at(Stage.TRIAGE, at=MONDAY)

    assert (before.due_on.day, after.due_on.day) == (9, 12)


def test_days_off_are_read_with_the_settings(django_assert_num_queries):
    Holiday.objects.create(on=MONDAY, name="Founders' day")

    with django_assert_num_queries(1):
        policies.refresh()
        known = days_off()

    assert known == {MONDAY.date()}


def test_a_stage_that_is_named_anew_is_named_so_where_lists_are_narrowed(cast, client):
    make_at(Stage.TRIAGE, owner=cast.proposer)
    client.force_login(cast.proposer)
    before = client.get("/proposals/").content.decode()

    set_stage(cast.lead, "submitted", proposer_label="Being read")
    after = client.get("/proposals/").content.decode()

    choice = "Being read</option>"
    assert [choice in before, choice in after] == [False, True]


def test_wordings_are_read_by_proposers_and_partners_at_once(cast):
    proposal = make_at(Stage.TRIAGE)

    set_stage(cast.lead, "triage", proposer_label="Being read", partner_text="Ola reads it.")
    told = progress_of(proposal, changes_of(proposal))

    assert (told.proposer_label, told.partner_text) == ("Being read", "Ola reads it.")


def test_only_what_differs_from_the_code_is_kept(cast):
    policy = set_stage(cast.lead, "triage", target_days=8)

    assert policy.value == {"target_days": 8}


def test_back_to_the_code_is_a_setting_too_and_the_old_one_stays_on_record(cast):
    set_stage(cast.lead, "triage", target_days=8)
    setting = policies.setting_of("stage:triage")

    policies.set_policy(setting=setting, value=None, why="It did not work.", by=cast.lead)
    policies.refresh()

    assert STAGES[Stage.TRIAGE].target_days == 5
    assert [row.value for row in policies.history_of(setting)] == [None, {"target_days": 8}]


def test_a_setting_is_never_changed_or_deleted(cast):
    policy = set_stage(cast.lead, "triage", target_days=8)

    for sql in ("UPDATE reviews_policy SET why = 'x'", "DELETE FROM reviews_policy"):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Policy.objects.get().pk == policy.pk


def test_a_reason_that_is_retired_is_offered_no_more_and_still_read(cast):
    setting = policies.setting_of("reasons:hold")
    value = policies.value_of(setting)
    words = value["offered"].pop("timing")
    value = {"offered": value["offered"] | {"new_1": "Snow days"}, "retired": {"timing": words}}

    policies.set_policy(setting=setting, value=value, why="Nobody used it.", by=cast.lead)
    policies.refresh()

    assert "timing" not in REASONS[Move.HOLD]
    assert REASONS[Move.HOLD]["snow_days"] == "Snow days"
    assert MOVES[Move.HOLD].reason_words("timing") == words


def test_a_reason_nobody_mentions_is_retired_not_lost(cast):
    setting = policies.setting_of("reasons:hold")

    kept = policies.cleaned(setting, {"offered": {"staffing": "People"}, "retired": {}})

    assert set(kept["retired"]) == set(REASONS[Move.HOLD]) - {"staffing"}


@pytest.mark.parametrize(
    ("key", "changed", "field"),
    [
        ("stage:triage", {"target_days": 0}, "target_days"),
        ("stage:triage", {"target_days": "5"}, "target_days"),
        ("stage:triage", {"proposer_label": " "}, "proposer_label"),
        ("stage:triage", {"proposer_text": "x" * 301}, "proposer_text"),
        ("stage:on_hold", {"proposer_text": "By {wake_on.__class__}"}, "proposer_text"),
        ("stage:on_hold", {"proposer_text": "By {name}"}, "proposer_text"),
        ("stage:on_hold", {"proposer_text": "By {"}, "proposer_text"),
        ("limits", {"close_percent": 100}, "close_percent"),
        ("limits", {"hold_days": 10**9}, "hold_days"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, key, changed, field):
    setting = policies.setting_of(key)

    with pytest.raises(ValidationError) as refusal:
        policies.cleaned(setting, {**policies.value_of(setting), **changed})

    assert list(refusal.value.message_dict) == [field]


def test_nobody_but_a_lead_sets_anything(cast):
    setting = policies.setting_of("limits")

    with pytest.raises(ValidationError):
        policies.set_policy(setting=setting, value=None, why="Because.", by=cast.oxford)


def test_limits_move_the_marks_of_clocks_the_days_of_a_hold_and_reopening(cast):
    setting = policies.setting_of("limits")
    value = {"close_percent": 50, "late_percent": 120, "hold_days": 30, "reopen_months": 6}
    value = policies.value_of(setting) | value
    policies.set_policy(setting=setting, value=value, why="We agreed so.", by=cast.lead)
    policies.refresh()

    assert StageClock(used=5, left=5, is_running=True).mark == Mark.CLOSE
    assert StageClock(used=12, left=-2, is_running=True).mark == Mark.LATE
    assert MOVES[Move.HOLD].wake_days == (1, 30)
    assert LIMITS["reopen_months"] == 6


def test_a_plan_seen_before_a_setting_is_refused_after_it(cast):
    proposal = make_at(Stage.SUBMITTED)
    plan = build_plan(proposals=[proposal], move=Move.START_TRIAGE, actor=cast.oxford)
    set_stage(cast.lead, "triage", target_days=8)

    with pytest.raises(ValidationError, match="How the process is set"):
        move(plan=plan)


def test_what_would_change_names_those_that_stand_longer_than_a_new_target(cast):
    proposal = make_at(Stage.TRIAGE, at=MONDAY)
    setting = policies.setting_of("stage:triage")

    effects = effects_of(setting, {"target_days": 2}, at=datetime(2026, 11, 9, 15, tzinfo=UTC))

    assert [effect.number for effect in effects] == [1, 1]
    assert effects[1].proposals == [proposal]


def test_what_would_change_names_those_that_stand_for_a_retired_reason(cast):
    proposal = make_at(Stage.TRIAGE)
    given = Given(reason_code="timing", wake_on=datetime(2027, 1, 4).date())
    move(plan=build_plan(proposals=[proposal], move=Move.HOLD, actor=cast.oxford, given=given))
    setting = policies.setting_of("reasons:hold")
    value = policies.value_of(setting)
    value["offered"].pop("timing")

    [effect] = effects_of(setting, value)

    assert effect.proposals == [proposal]


def test_the_lead_sees_what_would_change_and_then_sets_it(client, cast):
    make_at(Stage.TRIAGE)
    client.force_login(cast.lead)

    shown = client.post(
        page_of("stage:triage"), posted("stage:triage", target_days=8) | {"preview": 1}
    )
    assert "1 proposal is there" in shown.content.decode()
    assert not Policy.objects.exists()
    done = client.post(page_of("stage:triage"), posted("stage:triage", target_days=8) | {"save": 1})

    assert (done.status_code, Policy.objects.get().value) == (302, {"target_days": 8})
    assert "We agreed so." in client.get(LIST).content.decode()


def test_an_earlier_setting_is_brought_back(client, cast):
    first = set_stage(cast.lead, "triage", target_days=8)
    set_stage(cast.lead, "triage", target_days=9)
    client.force_login(cast.lead)

    client.post(page_of("stage:triage"), {"back": first.pk})

    assert Policy.objects.first().value == {"target_days": 8}


@pytest.mark.parametrize("back", ["0", "x", "9" * 30, "\u0661"])
def test_what_was_never_set_cannot_be_brought_back(client, cast, back):
    client.force_login(cast.lead)

    assert client.post(page_of("stage:triage"), {"back": back}).status_code == 404


@pytest.mark.parametrize("who", ["oxford", "auditor"])
def test_others_of_the_desk_read_and_do_not_set(client, cast, who):
    client.force_login(getattr(cast, who))

    assert client.get(page_of("reasons:return")).status_code == 200
    assert client.post(page_of("limits"), posted("limits", save=1)).status_code == 403


@pytest.mark.parametrize("who", ["committee_chair", "deans"])
def test_whoever_only_decides_does_not_meet_them(client, cast, who):
    client.force_login(getattr(cast, who))

    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("key", ["stage:nonsense", "reasons:submit", "x", "stage:"])
def test_a_setting_that_is_none_is_404(client, cast, key):
    client.force_login(cast.lead)

    assert client.get(page_of(key)).status_code == 404


def test_every_setting_has_its_page_and_takes_back_what_it_shows(client, cast):
    client.force_login(cast.lead)

    for setting in policies.settings():
        assert client.get(page_of(setting.key)).status_code == 200
        assert policies.cleaned(setting, policies.value_of(setting)) == setting.default()


def test_bad_input_is_said_at_its_field_and_kept(client, cast):
    client.force_login(cast.lead)
    values = posted("stage:triage", target_days="soon", proposer_text="Kept <b>words</b>")

    response = client.post(page_of("stage:triage"), values | {"save": 1})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Kept &lt;b&gt;words" in page
    assert not Policy.objects.exists()


def test_the_list_says_what_holds_now(client, cast):
    set_stage(cast.lead, "triage", target_days=8)
    client.force_login(cast.lead)

    rows = {row["setting"].key: row["now"] for row in client.get(LIST).context["rows"]}

    assert rows["stage:triage"] == "8 working days"
    assert (rows["stage:development"], rows["stage:draft"]) == ("90 days", "")
    assert rows["reasons:decline"] == f"{len(REASONS[Move.DECLINE])} reasons"
    assert rows["limits"] == "clocks marked at 80 and 150 %"


def test_each_box_of_a_reason_says_which_and_days_say_of_which_kind(client, cast):
    client.force_login(cast.lead)

    reasons = client.get(page_of("reasons:decline")).content.decode()
    days = [client.get(page_of(f"stage:{name}")).content for name in ("triage", "development")]

    assert "Offer “It exists already”" in reasons
    assert reasons.count("(optional)") == 2  # the two new reasons
    assert [b"Working days it may take" in page for page in days] == [True, False]
    assert [b"Calendar days it may take" in page for page in days] == [False, True]


def test_the_default_beside_a_wording_speaks_of_its_readers(client, cast):
    client.force_login(cast.lead)

    form = client.get(page_of("stage:redirected")).context["form"]

    nothing = "Default: nothing is said about what comes next."
    assert [form.fields[f"{who}_next"].help_text for who in ("proposer", "partner")] == [
        nothing
    ] * 2
    triage = client.get(page_of("stage:triage")).context["form"]
    assert triage.fields["partner_text"].help_text.endswith("partners read the words of the step.")


def test_a_refused_setting_says_error_in_its_title(client, cast):
    client.force_login(cast.lead)
    refused = client.post(
        page_of("stage:triage"), posted("stage:triage", target_days=0) | {"save": 1}
    )
    assert "<title>Error: Triage" in refused.content.decode()
