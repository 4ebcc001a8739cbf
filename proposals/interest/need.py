"""Page 2B: what is missing today, for whom and by when."""

from proposals.interest.table import Kind, Page, Question, When

PAGE = Page(
    key="need",
    number="2B",
    title="The need",
    intro="What is missing today, who feels it, and when it should be there.",
    readers=(
        "eLearning, your chair, the committee and the deans read this page. A partner you share"
        " with may see the title and the short answers, never your own words about the need."
    ),
)

QUESTIONS = (
    Question(
        key="working_title",
        label="Working title",
        help="A name to call it by for now; it can change.",
        example="Reading a Control Chart at the Line",
        kind=Kind.LINE,
        min_length=5,
        max_length=120,
        column="working_title",
        asked=True,
        at_once=True,
        sees="SERCP",
    ),
    Question(
        key="origin",
        label="How did this idea start?",
        kind=Kind.CHOICE,
        choices=(
            ("own_idea", "It is my idea, or ours"),
            ("partner_asked", "An organization outside the university asked us"),
            ("we_approached", "We went to an organization outside the university"),
            ("existing_relationship", "It came out of work we already do with someone"),
            ("learners_asked", "Students or alumni asked for it"),
            ("other", "Some other way"),
        ),
        asked=True,
        sees="SERC",
    ),
    Question(
        key="origin_other",
        label="How did it start, then?",
        kind=Kind.LINE,
        max_length=200,
        asked=True,
        condition=When("origin", ("other",)),
        sees="SERC",
    ),
    Question(
        key="need_statement",
        label="What is the gap, and who feels it?",
        help=(
            "Say what people cannot do today and what that costs them or others."
            " At least 80 characters. Please name no students."
        ),
        example=(
            "Shift leads in small plants see a number drift on the screen and cannot tell"
            " chance from trouble. They stop the line too often or too late. One plant of"
            " ninety people counts four lost hours a week, and new leads take a year to get a"
            " feel for it."
        ),
        kind=Kind.TEXT,
        min_length=80,
        max_length=1500,
        asked=True,
        sees="SERC",
    ),
    Question(
        key="need_level",
        label="How far does the need reach?",
        help="Check all that apply.",
        kind=Kind.CHOICES,
        choices=(
            ("one_organisation", "One organization"),
            ("region", "Our region"),
            ("state", "Ohio"),
            ("national", "The whole country"),
            ("global", "The world"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="audience",
        label="Who would learn here?",
        help="Check all that apply.",
        kind=Kind.CHOICES,
        choices=(
            ("partner_employees", "People who work for the partner"),
            ("working_adults", "Other adults in work"),
            ("job_seekers", "People looking for a job"),
            ("undergraduates", "Miami undergraduates"),
            ("graduates", "Miami graduate students"),
            ("alumni", "Miami alumni"),
            ("high_school", "High-school students (some partners take only people over 18)"),
            ("faculty_staff", "Faculty or staff"),
            ("other", "Others"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="audience_note",
        label="What can these people do already?",
        help="Their work, their schooling, what they have tried before.",
        example=(
            "Shift leads with two or more years at the machines. They read drawings and use a"
            " tablet daily; few have taken a class since school."
        ),
        kind=Kind.TEXT,
        max_length=600,
        sees="SERCP",
    ),
    Question(
        key="start_by",
        label="When should it start?",
        kind=Kind.SELECT,
        source="start",
        choices=(
            ("asap", "As soon as we can"),
            ("date", "On or before a certain date"),
            ("no_rush", "There is no hurry"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="start_on",
        label="The date",
        kind=Kind.DATE,
        asked=True,
        condition=When("start_by", ("date",)),
        sees="SERCP",
    ),
    Question(
        key="start_reason",
        label="Why that date?",
        help="For example: a plant opens, a law comes into force.",
        example="The plant opens its second line on March 1 and names six new shift leads then.",
        kind=Kind.LINE,
        max_length=300,
        asked=True,
        condition=When("start_by", ("date",)),
        sees="SERCP",
    ),
)
