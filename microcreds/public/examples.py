"""Three made-up interest forms, each complete enough to be sent (a test holds them to it)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A short form, and what it shows to somebody about to write one."""

    key: str
    shows: str
    answers: dict[str, Any]


def _places(campus: str, division: str, department: str) -> dict[str, Any]:
    return {
        "submitter": "example",
        "campus_home": "example",
        "division": "example",
        "department": "example",
        "names": {
            "submitter": "A member of the faculty",
            "campus_home": campus,
            "division": division,
            "department": department,
        },
    }


EXAMPLES = (
    Example(
        key="asked",
        shows="A partner asked, the need is narrow, and there is no credit.",
        answers=_places(
            "Hamilton", "College of Liberal Arts and Applied Science", "Engineering Technology"
        )
        | {
            "chair_informed": "not_yet",
            "working_title": "Reading a Control Chart at the Line",
            "origin": "partner_asked",
            "need_statement": (
                "Shift leads in a plant of ninety people cannot tell chance from trouble on their"
                " screens. They stop the line too often or too late: four lost hours a week."
            ),
            "need_level": ["one_organisation", "region"],
            "audience": ["partner_employees"],
            "start_by": "asap",
            "job_functions": [{"title": "Shift lead in production", "extent": "one_function"}],
            "qualifies_statement": (
                "look at a control chart, say whether something changed, and decide what to do"
                " in the next ten minutes."
            ),
            "outcomes": [
                {"text": "Draw a sample by plan and enter it without a slip", "kind": "skill"},
                {
                    "text": "Tell chance from a change on a chart not seen before",
                    "kind": "skill",
                    "evidence": "Ten charts, nine right",
                },
                {"text": "Explain to the next shift why the line stopped", "kind": "experience"},
            ],
            "scope_kind": "specific",
            "scope_in_out": "In: two kinds of chart. Out: designing experiments, audits.",
            "stands_alone": "A lead who reads charts saves a plant hours from the first week on.",
            "stack_kind": ["nothing"],
            "credit_kind": "noncredit",
            "formality": "informal",
            "effort_hours": 24,
            "duration_kind": "weeks",
            "duration_value": 4,
            "duration_reason": "One chart a week, each tried out on the learner's own machine.",
            "delivery_modes": ["workplace", "online_live"],
            "off_campus": "yes",
            "partner_status": "yes",
            "partners": [
                {
                    "org_name": "Sycamore Springs Works (made up)",
                    "kind": "employer",
                    "who_approached": "they_did",
                    "stage": "said_yes",
                    "will_do": ["equipment", "pay", "send_learners"],
                    "learners": 12,
                }
            ],
            "demand_evidence": ["employer_said_so", "job_postings"],
            "demand_summary": "The plant would pay for six people in spring and six in fall.",
            "learners_y1": "10_24",
            "help_wanted": ["design", "badge"],
        },
    ),
    Example(
        key="own",
        shows="An idea of one's own: broad and human, with credit, and no partner yet.",
        answers=_places(
            "Oxford", "College of Education, Health, and Society", "Educational Leadership"
        )
        | {
            "chair_informed": "i_am_the_chair",
            "working_title": "Giving Fair Feedback in Mixed Teams",
            "origin": "own_idea",
            "need_statement": (
                "New supervisors in offices and clinics put off hard talks, or hold them badly."
                " People leave over it, and those who stay stop speaking up."
            ),
            "need_level": ["region", "state"],
            "audience": ["working_adults", "graduates"],
            "audience_note": "People in their first two years of leading others.",
            "start_by": "no_rush",
            "job_functions": [{"title": "Team supervisor", "extent": "one_function"}],
            "qualifies_statement": (
                "prepare and hold a fair talk across a difference of age, language or rank."
            ),
            "outcomes": [
                {"text": "Separate what was seen from what it is taken to mean", "kind": "skill"},
                {
                    "text": "Hold a feedback talk that both sides call fair",
                    "kind": "skill",
                    "evidence": "A recorded talk with a partner who plays hard",
                },
                {"text": "Receive feedback in front of others", "kind": "experience"},
            ],
            "scope_kind": "slice",
            "scope_in_out": "In: one talk, from notes to follow-up. Out: hiring, firing, pay.",
            "stands_alone": "One better talk a week is worth it in any team, with or without more.",
            "stack_kind": ["certificate"],
            "stack_targets": [
                {"name": "Certificate in Leading People", "owner": "miami", "agreed": "no"}
            ],
            "credit_kind": "credit",
            "credits_min": 1.0,
            "credits_max": 1.0,
            "formality": "mix",
            "effort_hours": 38,
            "duration_kind": "one_term",
            "duration_reason": "Six evenings with weeks in between, to hold real talks at work.",
            "delivery_modes": ["meetings", "cohort"],
            "delivery_fit": "Every other Tuesday evening; nobody misses a day of work.",
            "off_campus": "no",
            "term_fit": "yes",
            "partner_status": "looking",
            "demand_evidence": ["survey", "hunch"],
            "demand_summary": "31 of 40 alumni who lead people said they would take it.",
            "learners_y1": "10_24",
            "funding_ideas": ["employer", "learner"],
            "help_wanted": ["find_partner", "market_check", "evaluation"],
        },
    ),
    Example(
        key="vague",
        shows="Half an idea and an e-mail from outside: ten answers, the rest comes later.",
        answers=_places("Not sure yet", "College of Arts and Science", "Biology")
        | {
            "chair_informed": "not_yet",
            "working_title": "Grounds That Bees Like",
            "origin": "partner_asked",
            "need_statement": (
                "A park district wrote: its crews mow everything, plants die in dry years, and"
                " visitors ask for meadows. Nobody on the crews knows how to keep one."
            ),
            "need_level": ["region"],
            "partner_status": "talking",
            "partners": [
                {
                    "org_name": "Three Mills Park District (made up)",
                    "kind": "government",
                    "who_approached": "they_did",
                    "stage": "talking",
                    "wrote": "Could somebody at Miami teach our crews? We have eleven people.",
                }
            ],
            "demand_evidence": ["employer_said_so"],
            "help_wanted": ["shape_idea", "market_check", "design"],
            "together": [
                "audience",
                "start_by",
                "job_functions",
                "qualifies_statement",
                "outcomes",
                "scope_kind",
                "scope_in_out",
                "stands_alone",
                "stack_kind",
                "credit_kind",
                "formality",
                "duration_kind",
                "duration_reason",
                "delivery_modes",
                "off_campus",
                "demand_summary",
                "learners_y1",
            ],
        },
    ),
)
