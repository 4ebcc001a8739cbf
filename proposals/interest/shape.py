"""Page 2D: credit, length and format; any mix that fits the need."""

from proposals.interest.table import YES_NO_NOT_SURE, Kind, Page, Question, When

COUNTED = ("hours", "days", "weeks", "several_terms")

PAGE = Page(
    key="shape",
    number="2D",
    title="Shape",
    intro="Credit, length and format follow the need. A guess is enough, and so is “not sure”.",
    readers=(
        "eLearning, your chair, the committee and the deans read this page; whether it fits a term"
        " is for eLearning alone. If you and eLearning agree, a partner may see the short answers."
    ),
)

QUESTIONS = (
    Question(
        key="credit_kind",
        label="Would it carry academic credit?",
        kind=Kind.CHOICE,
        choices=(
            ("credit", "Yes, credit"),
            ("noncredit", "No, non-credit"),
            ("both", "Both: one version of each"),
            ("not_sure", "Not sure yet"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="credits_min",
        label="Credit hours, at least",
        help="A guess, in halves: 0 to 60.",
        kind=Kind.HALVES,
        high=60,
        condition=When("credit_kind", ("noncredit",), negate=True),
        sees="SERC",
    ),
    Question(
        key="credits_max",
        label="Credit hours, at most",
        help="A guess, in halves: 0 to 60.",
        kind=Kind.HALVES,
        high=60,
        condition=When("credit_kind", ("noncredit",), negate=True),
        sees="SERC",
    ),
    Question(
        key="formality",
        label="How formal would the learning be?",
        kind=Kind.CHOICE,
        choices=(
            ("formal", "Formal: one or more courses"),
            ("informal", "Informal: workshops, projects, mentoring, events"),
            ("mix", "Some of both"),
            ("not_sure", "Not sure yet"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="effort_hours",
        label="Hours of a learner's time, in all",
        help=(
            "A guess, 1 to 900. One credit hour is about 37.5 hours of work;"
            " one continuing education unit is 10 hours of contact."
        ),
        kind=Kind.INTEGER,
        low=1,
        high=900,
        sees="SERCP",
    ),
    Question(
        key="duration_kind",
        label="How long from first day to last?",
        kind=Kind.CHOICE,
        choices=(
            ("hours", "Some hours"),
            ("days", "Some days"),
            ("weeks", "Some weeks"),
            ("one_term", "One term"),
            ("several_terms", "Several terms"),
            ("self_paced", "Each learner sets the pace"),
            ("not_sure", "Not sure yet"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="duration_value",
        label="How many hours, days, weeks or terms?",
        help="1 to 104.",
        kind=Kind.INTEGER,
        low=1,
        high=104,
        asked=True,
        condition=When("duration_kind", COUNTED),
        sees="SERCP",
    ),
    Question(
        key="duration_reason",
        label="Why this long?",
        help="What makes it long enough to matter, and what keeps it from being longer?",
        example=(
            "Four weeks: one chart a week, each tried out on the learner's own machine. Less"
            " gives no time to practice; more would keep them from the line."
        ),
        kind=Kind.TEXT,
        max_length=500,
        asked=True,
        condition=When("duration_kind", ("not_sure",), negate=True),
        sees="SERC",
    ),
    Question(
        key="delivery_modes",
        label="Which formats might be part of it?",
        help="Check as many as you like; they mix well.",
        kind=Kind.CHOICES,
        choices=(
            ("online_any_time", "Online, at any time"),
            ("online_live", "Online, live"),
            ("in_person", "In person"),
            ("hybrid", "A course partly online, partly in person"),
            ("meetings", "A row of meetings"),
            ("workplace", "At the workplace"),
            ("cohort", "A group that starts and ends together"),
            ("self_paced", "At one's own pace"),
            ("project", "A project or an internship"),
            ("lab", "A lab or a simulation"),
            ("other", "Something else"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="delivery_modes_other",
        label="What else?",
        kind=Kind.LINE,
        max_length=120,
        asked=True,
        condition=When("delivery_modes", ("other",)),
        sees="SERCP",
    ),
    Question(
        key="delivery_fit",
        label="How does this fit the days of the people who would take it?",
        help="Shifts, busy seasons, travel, what the partner can free them for.",
        example=(
            "Shifts change every two weeks, so the live hour is held twice, at 6 a.m. and at"
            " 3 p.m. The rest is done at the machine."
        ),
        kind=Kind.TEXT,
        max_length=600,
        sees="SERCP",
    ),
    Question(
        key="off_campus",
        label="Would any of it be taught away from Miami's sites?",
        kind=Kind.CHOICE,
        choices=YES_NO_NOT_SURE,
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="term_fit",
        label="Does it fit into a normal Miami term?",
        help="Another length is possible; terms are easier for registration.",
        kind=Kind.CHOICE,
        choices=YES_NO_NOT_SURE,
        sees="SE",
    ),
)
