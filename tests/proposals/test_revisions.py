"""A diff says all that changed: applied to the old revision it gives the new one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.interest import QUESTIONS, Kind
from proposals.revisions import ABSENT, Choices, Op, Replaced, Rows, Words, apply, diff

TEXTS = st.text(alphabet=st.sampled_from("ab é\n.,👩🏽‍🔬"), max_size=30)
CELLS = {
    Kind.CHOICES: st.lists(st.sampled_from(["a", "b", "c"]), max_size=4),
    Kind.INTEGER: st.integers(0, 20) | st.none(),
    Kind.HALVES: st.sampled_from([None, 0.5, 1.0, 2.0]),
}


def answer_to(question):
    if question.kind is Kind.ROWS:
        cells = {column.key: answer_to(column) for column in question.columns}
        row = st.fixed_dictionaries({"id": st.sampled_from("uvwxyz")}, optional=cells)
        return st.lists(row, max_size=5, unique_by=lambda row: row["id"])
    return CELLS.get(question.kind, TEXTS)


ANSWERS = st.fixed_dictionaries(
    {},
    optional={key: answer_to(question) for key, question in QUESTIONS.items()}
    | {"together": st.lists(st.sampled_from([*QUESTIONS]), unique=True, max_size=3)},
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([1.0, 2.0]) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(old=ANSWERS, new=ANSWERS)
def test_the_diff_applied_to_the_old_revision_gives_the_new_one(old, new):
    assert apply(diff(old, new), old) == new


@given(answers=ANSWERS)
def test_nothing_differs_from_itself(answers):
    assert diff(answers, dict(answers)) == {}


@given(
    old=st.dictionaries(st.sampled_from("abc"), ANYTHING),
    new=st.dictionaries(st.sampled_from("abc"), ANYTHING),
)
def test_revisions_of_another_edition_of_the_form_can_be_compared_too(old, new):
    """Whatever JSON stands in them: exactly the new one, down to 1 and 1.0."""
    assert repr(sorted(apply(diff(old, new), old).items())) == repr(sorted(new.items()))


def test_a_word_that_changed_is_all_that_is_marked():
    found = diff({"a": "Aides follow a plan."}, {"a": "Aides follow the plan."})

    assert found == {
        "a": Words(
            (
                (Op.SAME, "Aides follow "),
                (Op.GONE, "a"),
                (Op.NEW, "the"),
                (Op.SAME, " plan."),
            )
        )
    }


def test_choices_numbers_and_answers_that_came_or_went():
    old = {"level": ["region", "state"], "hours": 24, "gone": "yes"}
    new = {"level": ["region", "nation"], "hours": 30, "came": 1}

    assert diff(old, new) == {
        "level": Choices(((Op.SAME, "region"), (Op.GONE, "state"), (Op.NEW, "nation"))),
        "hours": Replaced(24, 30),
        "came": Replaced(ABSENT, 1),
        "gone": Replaced("yes", ABSENT),
    }


def test_rows_are_told_apart_by_their_ids_in_whatever_order():
    old = [{"id": "u", "text": "one"}, {"id": "v", "text": "two"}, {"id": "w", "text": "three"}]
    new = [{"id": "w", "text": "three"}, {"id": "u", "text": "one!"}, {"id": "x", "text": "four"}]

    [rows] = diff({"rows": old}, {"rows": new}).values()

    assert isinstance(rows, Rows)
    assert [(row.op, row.id) for row in rows.rows] == [
        (Op.SAME, "w"),
        (Op.SAME, "u"),
        (Op.GONE, "v"),
        (Op.NEW, "x"),
    ]
    assert [key for row in rows.rows for key in row.cells] == ["text"]


def test_a_diff_of_other_answers_is_not_applied():
    with pytest.raises(ValueError, match="other answers"):
        apply(diff({"a": "x"}, {"a": "y"}), {"a": "z"})


@pytest.mark.parametrize("text", ["a " * 1500, "ab" * 2000, "word " * 1900])
def test_a_hostile_text_is_compared_in_time(text):
    assert apply(diff({"a": text}, {"a": text[::-1]}), {"a": text}) == {"a": text[::-1]}
