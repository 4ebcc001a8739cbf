"""Page 2E: organizations outside the university; each is a ``NamedPartner`` row."""

from proposals.interest.table import YES_NO, Kind, Page, Question, When

WHEN_SHARED = When("share_status", ("yes",))

PAGE = Page(
    key="partners",
    number="2E",
    title="Partner organizations",
    intro="Who outside the university is part of this? Nobody yet is a fine answer.",
    readers=(
        "eLearning reads all of this page. The committee, the deans and your chair see the"
        " organizations, not the contacts, and nothing you mark as confidential. No organization"
        " ever sees what you write about another."
    ),
)

QUESTIONS = (
    Question(
        key="partner_status",
        label="Do you have a partner outside the university?",
        kind=Kind.CHOICE,
        choices=(
            ("yes", "Yes, and I name it below"),
            ("talking", "We are talking to some"),
            ("looking", "Not yet; please help us find one"),
            ("none_needed", "No, and none is needed"),
        ),
        asked=True,
        sees="SERC",
    ),
    Question(
        key="partners",
        label="Which organizations?",
        kind=Kind.ROWS,
        asked=When("partner_status", ("yes",)),
        condition=When("partner_status", ("yes", "talking")),
        sees="SERCP",
        min_rows=1,
        max_rows=10,
        row_name="Organization",
        columns=(
            Question(
                key="org_name",
                label="Name of the organization",
                kind=Kind.LINE,
                max_length=160,
                asked=True,
                sees="SERCP",
                autocomplete="off",
            ),
            Question(
                key="kind",
                label="What is it?",
                kind=Kind.SELECT,
                choices=(
                    ("employer", "Employer"),
                    ("professional_body", "Professional body"),
                    ("government", "Government"),
                    ("nonprofit", "Nonprofit"),
                    ("school", "School"),
                    ("hospital", "Hospital"),
                    ("union_or_association", "Union or association"),
                    ("other", "Something else"),
                ),
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="website",
                label="Website",
                help="It begins with https:// or http://.",
                kind=Kind.URL,
                max_length=300,
                sees="SERCP",
                autocomplete="off",
            ),
            Question(
                key="place",
                label="City and state",
                kind=Kind.LINE,
                max_length=120,
                sees="SERCP",
                autocomplete="off",
            ),
            Question(
                key="contact_name",
                label="Your contact there",
                help="Needed only if they get a page of their own.",
                kind=Kind.LINE,
                max_length=120,
                asked=WHEN_SHARED,
                sees="SEP",
                autocomplete="off",
            ),
            Question(
                key="contact_title",
                label="Their position",
                kind=Kind.LINE,
                max_length=120,
                sees="SEP",
                autocomplete="off",
            ),
            Question(
                key="contact_email",
                label="Their e-mail address",
                help="Needed only if they get a page of their own.",
                kind=Kind.EMAIL,
                max_length=254,
                asked=WHEN_SHARED,
                sees="SEP",
                autocomplete="off",
            ),
            Question(
                key="contact_phone",
                label="Their phone",
                kind=Kind.PHONE,
                max_length=30,
                sees="SEP",
                autocomplete="off",
            ),
            Question(
                key="who_approached",
                label="Who made the first contact?",
                kind=Kind.CHOICE,
                choices=(
                    ("they_did", "They did"),
                    ("we_did", "We did"),
                    ("mutual", "Both of us"),
                    ("elearning", "eLearning brought us together"),
                    ("not_sure", "Not sure"),
                ),
                asked=True,
                sees="SERC",
            ),
            Question(
                key="first_contact",
                label="In which month did you first talk?",
                help="About when: year and month, such as 2026-03.",
                kind=Kind.MONTH,
                sees="SE",
            ),
            Question(
                key="stage",
                label="How firm is it?",
                kind=Kind.CHOICE,
                choices=(
                    ("idea", "Only an idea"),
                    ("talking", "We are in conversation"),
                    ("said_yes", "They said yes, informally"),
                    ("letter", "They wrote a letter"),
                    ("agreement", "There is an agreement"),
                ),
                asked=True,
                sees="SERCP",
            ),
            Question(
                key="will_do",
                label="What part could they take?",
                help="Check all that apply.",
                kind=Kind.CHOICES,
                choices=(
                    ("define_skills", "Say which skills count"),
                    ("co_design", "Design it with us"),
                    ("instructors", "Send teachers or mentors"),
                    ("equipment", "Lend equipment or a site"),
                    ("pay", "Pay for it, or part of it"),
                    ("send_learners", "Send learners"),
                    ("hire", "Hire or promote people who earn it"),
                    ("endorse", "Put their name behind it"),
                    ("review_assessment", "Look over how learners are assessed"),
                ),
                sees="SERCP",
            ),
            Question(
                key="learners",
                label="How many people could they send in the first year?",
                help="A guess, 0 to 5000.",
                kind=Kind.INTEGER,
                high=5000,
                sees="SERCP",
            ),
            Question(
                key="confidential",
                label="Is there anything we must keep confidential?",
                help="For example prices, or plans that are not public.",
                kind=Kind.CHOICE,
                choices=YES_NO,
                sees="SE",
            ),
            Question(
                key="confidential_text",
                label="What must not be passed on?",
                help=(
                    "Only you, your co-proposers and eLearning read this. University records may"
                    " still have to be disclosed by law."
                ),
                example=(
                    "They plan to open a second site in the county and have not told their"
                    " staff yet."
                ),
                kind=Kind.TEXT,
                max_length=400,
                asked=True,
                condition=When("confidential", ("yes",)),
                sees="SE",
            ),
            Question(
                key="share_status",
                label="Should they be able to follow its progress, on a page of their own?",
                help="You ask for it here; eLearning switches it on.",
                kind=Kind.CHOICE,
                choices=YES_NO,
                sees="SE",
            ),
            Question(
                key="wrote",
                label="What did they write?",
                help="Paste an e-mail or a note. Only proposers and eLearning read it.",
                example=(
                    "Our leads are good with people and machines, but the charts are"
                    " wallpaper to them. Could the university teach six of them before"
                    " spring?"
                ),
                kind=Kind.TEXT,
                max_length=5000,
                sees="SE",
            ),
        ),
    ),
)
