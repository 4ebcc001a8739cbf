"""Page 2A: who proposes it, where it would live, who knows."""

from proposals.interest.table import Kind, Page, Question, When

PAGE = Page(
    key="about",
    number="2A",
    title="About you",
    intro="Where this would live, and who should be part of it.",
    readers=(
        "eLearning reads all of this page. Your chair and, later, the committee and the deans see"
        " it without phone numbers and without whom you named as chair."
    ),
)

QUESTIONS = (
    Question(
        key="submitter",
        label="Proposer",
        kind=Kind.PERSON,
        sees="SERC",
    ),
    Question(
        key="submitter_phone",
        label="Your phone",
        help="The best number to reach you.",
        kind=Kind.PHONE,
        max_length=30,
        sees="SE",
        autocomplete="tel",
    ),
    Question(
        key="campus_home",
        label="Which campus would offer it?",
        help="This decides which eLearning team works with you. You may not know yet: say so.",
        kind=Kind.CHOICE,
        source="campus",
        column="campus",
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="division",
        label="Your college or division",
        kind=Kind.SELECT,
        source="division",
        column="division",
        asked=True,
        sees="SERC",
    ),
    Question(
        key="department",
        label="Your department",
        help="It must belong to the college you chose.",
        kind=Kind.SELECT,
        source="department",
        column="department",
        asked=True,
        sees="SERC",
    ),
    Question(
        key="co_proposers",
        label="Who else works on this with you?",
        help=(
            "Each gets a mail that asks them to take part, a few minutes after you save. They see"
            " the form once they accept; only you can submit it."
        ),
        kind=Kind.ROWS,
        sees="SERC",
        max_rows=10,
        row_name="Colleague",
        columns=(
            Question(
                key="name", label="Name", kind=Kind.LINE, max_length=120, asked=True, sees="SERC"
            ),
            Question(
                key="email",
                label="University e-mail address",
                kind=Kind.UNIVERSITY_EMAIL,
                max_length=254,
                asked=True,
                sees="SERC",
            ),
            Question(
                key="role",
                label="Their part in it",
                help="For example: teaches the lab.",
                kind=Kind.LINE,
                max_length=120,
                sees="SERC",
            ),
            Question(
                key="access",
                label="What may they do here?",
                kind=Kind.CHOICE,
                choices=(("edit", "Read and change answers"), ("view", "Only read")),
                sees="SE",
            ),
        ),
    ),
    Question(
        key="chair_informed",
        label="Have you told your chair or supervisor?",
        help="It is fine to say no. You can change this answer later.",
        kind=Kind.CHOICE,
        choices=(("yes", "Yes"), ("not_yet", "Not yet"), ("i_am_the_chair", "I am the chair")),
        column="chair_informed",
        asked=True,
        sees="SEC",
    ),
    Question(
        key="chair_name",
        label="Name of your chair or supervisor",
        help="Someone we may keep up to date later. Nothing is sent to them now.",
        kind=Kind.LINE,
        max_length=120,
        asked=True,
        condition=When("chair_informed", ("yes",)),
        sees="SE",
    ),
    Question(
        key="chair_email",
        label="Their e-mail address",
        kind=Kind.EMAIL,
        max_length=254,
        asked=True,
        condition=When("chair_informed", ("yes",)),
        sees="SE",
    ),
)
