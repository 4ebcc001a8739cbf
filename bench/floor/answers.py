"""The questions of the Initial Interest Form as the floor keeps them: a column for each."""

# By how they are asked, as the product asks them; what it keeps as rows is one text here.
LINES = (
    *("submitter_phone", "division", "department", "chair_name", "chair_email", "origin_other"),
    *("start_by", "start_reason", "delivery_modes_other"),
)
TEXTS = (
    *("co_proposers", "audience_note", "job_functions", "qualifies_statement", "outcomes"),
    *("scope_in_out", "stands_alone", "stack_targets", "duration_reason", "delivery_fit"),
    *("partners", "demand_summary", "similar_offers", "anything_else"),
)
CHOICES = (
    *("campus_home", "chair_informed", "origin", "scope_kind", "credit_kind", "formality"),
    *("duration_kind", "off_campus", "term_fit", "partner_status", "learners_y1"),
    # The product lets more than one be chosen of these.
    *("need_level", "audience", "stack_kind", "delivery_modes", "demand_evidence"),
    *("funding_ideas", "help_wanted"),
)
NUMBERS = ("credits_min", "credits_max", "effort_hours", "duration_value")
OPTIONS = [(str(n), f"The answer number {n}") for n in range(1, 6)]
# A form as it is sent.
FILLED = {
    "title": "Quality Sampling for Shift Leads",
    "need": "Why it is needed. " * 50,
    "start_on": "2027-08-23",
    **dict.fromkeys(LINES, "Some words"),
    **dict.fromkeys(TEXTS, "What there is to say of it. " * 8),
    **dict.fromkeys(CHOICES, "3"),
    **dict.fromkeys(NUMBERS, "3"),
}
