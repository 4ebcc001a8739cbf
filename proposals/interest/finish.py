"""Page 2F: who wants it, who pays, what help is wished for."""

from proposals.files import LIMITS
from proposals.interest.table import Kind, Page, Question

PAGE = Page(
    key="finish",
    number="2F",
    title="Demand and help",
    intro="What you know about demand, and what eLearning can do for you.",
    readers=(
        "eLearning, your chair, the committee and the deans read about demand. The help you want"
        " and anything you add at the end are for eLearning alone."
    ),
)

QUESTIONS = (
    Question(
        key="demand_evidence",
        label="Why do you believe people or employers want it?",
        help="Check all that apply. A hunch counts.",
        kind=Kind.CHOICES,
        choices=(
            ("employer_said_so", "An employer told us"),
            ("letter", "We have a letter"),
            ("job_postings", "Job postings"),
            ("labour_data", "Labor market figures"),
            ("survey", "A survey"),
            ("waiting_list", "A waiting list"),
            ("licence", "A license or a rule requires it"),
            ("grant", "A grant"),
            ("professional_body", "A professional body"),
            ("hunch", "A hunch so far"),
        ),
        asked=True,
        sees="SERC",
    ),
    Question(
        key="demand_summary",
        label="Tell us more about that",
        help="Figures and links help. If it is a hunch, say what it rests on.",
        example=(
            "One plant will pay for six people in spring and six in fall. A job board listed"
            " 41 openings for shift leads within 30 miles in October; 17 of them asked for"
            " process control. Beyond that it is a hunch."
        ),
        kind=Kind.TEXT,
        max_length=1200,
        asked=True,
        sees="SERC",
    ),
    Question(
        key="learners_y1",
        label="How many learners in the first year?",
        kind=Kind.CHOICE,
        choices=(
            ("under_10", "Fewer than 10"),
            ("10_24", "10 to 24"),
            ("25_49", "25 to 49"),
            ("50_99", "50 to 99"),
            ("100_up", "100 or more"),
            ("unknown", "I cannot say yet"),
        ),
        asked=True,
        sees="SERCP",
    ),
    Question(
        key="similar_offers",
        label="Have you seen something similar, at Miami or beyond?",
        example=(
            "A two-day seminar by a trade body covers the same charts without practice at the"
            " line. Our own course on statistics for engineers is longer and needs calculus."
        ),
        kind=Kind.TEXT,
        max_length=600,
        sees="SERC",
    ),
    Question(
        key="funding_ideas",
        label="Where could the money come from?",
        help="Ideas only: nobody will hold you to them. Check all that apply.",
        kind=Kind.CHOICES,
        choices=(
            ("employer", "The employer"),
            ("learner", "The learner"),
            ("techcred", "TechCred"),
            ("ohio_work_ready", "Ohio Work Ready Grant (Regionals)"),
            ("workforce_pell", "Workforce Pell"),
            ("other_grant", "Another grant"),
            ("department", "Our department"),
            ("unknown", "I cannot say yet"),
        ),
        exclusive=("unknown",),
        sees="SERC",
    ),
    Question(
        key="help_wanted",
        label="Where would you like eLearning's help?",
        help="Check all that apply.",
        kind=Kind.CHOICES,
        choices=(
            ("shape_idea", "Giving the idea a shape"),
            ("find_partner", "Finding a partner"),
            ("market_check", "Checking the market"),
            ("design", "Designing the learning"),
            ("media", "Video and other media"),
            ("platform", "A platform to deliver it on"),
            ("badge", "The badge"),
            ("price", "Setting a price"),
            ("evaluation", "Planning how to evaluate it"),
        ),
        asked=True,
        sees="SE",
    ),
    Question(
        key="attachments",
        label="Do you have letters, notes or job ads?",
        help="PDF, Word, Excel, PowerPoint, PNG or JPEG, up to 10 MB each. Name no students.",
        kind=Kind.FILES,
        max_rows=LIMITS["interest"],
        sees="SERCP",
    ),
    Question(
        key="anything_else",
        label="Is there anything else we should know?",
        example=(
            "The plant manager took one of our courses years ago and offers to speak in the"
            " first hour."
        ),
        kind=Kind.TEXT,
        max_length=1000,
        sees="SE",
    ),
)
