"""The form's questions as a page may list them: limits and readers in words, from the table."""

from dataclasses import dataclass

from proposals.interest import PAGES, QUESTIONS, Kind, Page, Question, When

# What a letter of ``Question.sees`` stands for, in the order people read it.
READERS = {
    "S": "You and your co-proposers",
    "E": "eLearning staff",
    "C": "Your chair or dean",
    "R": "The committee and the deans",
    "P": "A partner, of their own part, if you and eLearning agree",
}


@dataclass(frozen=True)
class AskedQuestion:
    """One question with everything a person may want to know before they start."""

    question: Question
    limits: list[str]
    when: str
    is_needed: bool
    readers: list[str]
    choices: list[str]
    cells: list["AskedQuestion"]


@dataclass(frozen=True)
class SeenBy:
    """Answers that the same people read: their labels, and for each reader whether they do."""

    labels: list[str]
    readers: list[tuple[str, bool]]


def asked_by_page() -> list[tuple[Page, list[AskedQuestion]]]:
    """Every question of the form, page by page, as people meet it."""
    return [
        (page, [_asked(each) for each in QUESTIONS.values() if each.page == page.key])
        for page in PAGES.values()
    ]


def seen_by() -> list[SeenBy]:
    """Who reads which answers, one entry for each set of readers, the cells of rows by name."""
    labels: dict[str, list[str]] = {}
    for question in QUESTIONS.values():
        labels.setdefault(question.sees, []).append(question.label)
        for cell in question.columns:
            if cell.sees != question.sees:
                name = f"{cell.label} ({question.row_name.lower()})"
                labels.setdefault(cell.sees, []).append(name)
    order = sorted(labels, key=lambda letters: (len(letters), letters))
    return [
        SeenBy(labels[letters], [(name, letter in letters) for letter, name in READERS.items()])
        for letters in order
    ]


def _asked(question: Question, within: tuple[Question, ...] = ()) -> AskedQuestion:
    others = {each.key: each for each in within} or QUESTIONS
    return AskedQuestion(
        question=question,
        limits=list(_limits(question)),
        when=_when(question.condition, others) if question.condition else "",
        is_needed=bool(question.asked),
        readers=[words for letter, words in READERS.items() if letter in question.sees],
        choices=[label for _value, label in question.choices],
        cells=[_asked(cell, question.columns) for cell in question.columns],
    )


def _limits(question: Question) -> list[str]:
    limits = []
    if question.min_length:
        limits.append(f"at least {question.min_length} characters")
    if question.max_length and question.kind in (Kind.LINE, Kind.TEXT):
        limits.append(f"at most {question.max_length} characters")
    if question.kind in (Kind.INTEGER, Kind.HALVES):
        limits.append(f"a number from {question.low} to {question.high}")
    if question.kind is Kind.CHOICES:
        limits.append("tick all that fit")
    if question.kind is Kind.ROWS:
        least = f"{question.min_rows} to " if question.min_rows else "up to "
        limits.append(f"{least}{question.max_rows}")
    return limits


def _when(condition: When, questions: dict[str, Question]) -> str:
    """In which case it is asked, in the words of the other question."""
    other = questions[condition.key]
    labels = " or ".join(f"“{other.label_of(value)}”" for value in condition.values)
    verb = "is not" if condition.negate else "is"
    return f"Only if the answer to “{other.label}” {verb} {labels}."
