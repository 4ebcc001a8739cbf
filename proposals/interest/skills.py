"""Page 2C: what its holders will be able to do, and what it leads on to."""

from proposals.interest.table import Kind, Page, Question, When

PAGE = Page(
    key="skills",
    number="2C",
    title="What people will be able to do",
    intro="A microcredential is small and clear: it readies people for a job, or a part of one.",
    readers=(
        "eLearning, your chair, the committee and the deans read this page. If you and eLearning"
        " agree, a partner may see it too, except why it is worth having alone."
    ),
)

QUESTIONS = (
    Question(
        key="job_functions",
        label="Which job, or which part of a job, will they be ready for?",
        help="Everyday job titles are fine.",
        example="Shift lead in production: one function, namely deciding when to stop the line.",
        kind=Kind.ROWS,
        asked=True,
        sees="SERCP",
        min_rows=1,
        max_rows=5,
        row_name="Job",
        columns=(
            Question(
                key="title",
                label="Job or task",
                kind=Kind.LINE,
                max_length=120,
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="extent",
                label="How much of that job?",
                kind=Kind.CHOICE,
                choices=(("whole_job", "The whole job"), ("one_function", "One function of it")),
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="code",
                label="O*NET code",
                help="If you know it. It looks like 17-3026.00.",
                kind=Kind.OCCUPATION,
                max_length=10,
                sees="SERCP",
            ),
        ),
    ),
    Question(
        key="qualifies_statement",
        label="You can trust someone who has earned this to …",
        help="Finish the sentence, in 30 characters or more.",
        example=(
            "… look at a control chart at the line, say whether something has changed, and"
            " decide what to do in the next ten minutes."
        ),
        kind=Kind.TEXT,
        min_length=30,
        max_length=400,
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="outcomes",
        label="What will learners take away?",
        help=(
            "Two to seven things they know, can do or have experienced. Begin each with a verb"
            " one can watch, such as measure, draft or repair."
        ),
        example=(
            "Draw a sample by plan and enter it without a slip (a skill; you can tell at the"
            " line).\n"
            "Tell chance from a change on a chart not seen before (a skill; ten charts, nine"
            " right).\n"
            "Explain to a colleague why the line stopped (an experience; a talk in the next"
            " shift meeting)."
        ),
        kind=Kind.ROWS,
        asked=True,
        sees="SERCP",
        min_rows=2,
        max_rows=7,
        row_name="Outcome",
        columns=(
            Question(
                key="text",
                label="Outcome",
                kind=Kind.LINE,
                max_length=300,
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="kind",
                label="It is",
                kind=Kind.CHOICE,
                choices=(
                    ("knowledge", "Knowledge"),
                    ("skill", "A skill"),
                    ("experience", "An experience"),
                ),
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="evidence",
                label="How could you tell they have it?",
                kind=Kind.LINE,
                max_length=300,
                sees="SERCP",
            ),
        ),
    ),
    Question(
        key="scope_kind",
        label="What sort of topic is it?",
        help="Every sort is welcome.",
        kind=Kind.CHOICE,
        choices=(
            ("broad", "Broad, about people and judgment, such as leading a mixed team"),
            ("specific", "Narrow and hands-on, such as one programming language or machine"),
            ("slice", "A broad need that we meet with one clear piece"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="scope_in_out",
        label="What belongs to it, and what do you leave out?",
        help="Leaving things out on purpose keeps it small.",
        example=(
            "In: two kinds of chart, the rules for reading them, what to do next. Out:"
            " designing experiments, programming the gauges, audits."
        ),
        kind=Kind.TEXT,
        max_length=800,
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="stands_alone",
        label="What is it worth to someone who takes nothing else?",
        help="At least 40 characters.",
        example=(
            "A lead who reads charts saves a plant hours each week from the first week on,"
            " whether or not they ever take another class."
        ),
        kind=Kind.TEXT,
        min_length=40,
        max_length=600,
        asked=True,
        sees="SERC",
    ),
    Question(
        key="stack_kind",
        label="Could it count toward something bigger?",
        help="It does not have to. Check all that apply.",
        kind=Kind.CHOICES,
        choices=(
            ("nothing", "Nothing is planned"),
            ("microcredential", "Another microcredential"),
            ("certificate", "A certificate"),
            ("minor", "A minor"),
            ("degree", "A degree"),
            ("industry_certification", "A certification of the industry"),
            ("not_sure", "Not sure yet"),
        ),
        exclusive=("nothing", "not_sure"),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="stack_targets",
        label="What would it count toward?",
        example=(
            "Quality Technician Basics, a microcredential of our own; the department has agreed."
        ),
        kind=Kind.ROWS,
        asked=True,
        condition=When(
            "stack_kind",
            ("microcredential", "certificate", "minor", "degree", "industry_certification"),
        ),
        sees="SERCP",
        min_rows=1,
        max_rows=5,
        row_name="Next step",
        columns=(
            Question(
                key="name",
                label="Its name",
                kind=Kind.LINE,
                max_length=160,
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="owner",
                label="Whose is it?",
                kind=Kind.CHOICE,
                choices=(("miami", "Miami"), ("other", "Somebody else")),
                sees="SERCP",
            ),
            Question(
                key="agreed",
                label="Have they agreed?",
                kind=Kind.CHOICE,
                choices=(("yes", "Yes"), ("no", "Not yet")),
                sees="SERCP",
            ),
        ),
    ),
)
