"""Advice on answers: worth a look, never in the way. A new piece is one entry in ``RULES``.

Figures of Ohio's and federal funds, with where they were read, stand in the docstrings of their
rules; a fund is only ever said to fit in length or kind, never that somebody is eligible.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from proposals.interest.questions import QUESTIONS
from proposals.interest.rules import input_id
from proposals.interest.table import Answers, Kind, alike

# About 37.5 hours of a learner's work for a credit hour: 750 minutes of teaching and twice that
# alone. https://asccas.osu.edu/submission/development/submission-policies/definition-semester-credit-hour
HOURS_PER_CREDIT = 37.5
# Ten hours of contact, to one decimal. http://iacet.org/ceus/about-the-ceu
HOURS_PER_CEU = 10
# A microcredential at Miami has 0 to 17 credit hours.
# https://miamioh.edu/academic-affairs/admin-resources/curriculum/alternative-credentials/index.html
MOST_CREDITS = 17
WEEKS_OF_A_TERM = 15
MIAMI = "https://miamioh.edu/academic-affairs/admin-affairs/alternative-credentials/alt-proposal/"
TECHCRED = "https://techcred.ohio.gov/about/program-guidelines/"
WORK_READY = "https://codes.ohio.gov/ohio-revised-code/section-3333.24"
PELL = (
    "https://www.newamerica.org/insights/state-workforce-pell-grants-a-playbook-for-implementation/"
)

TITLE_WORDS = re.compile(r"\b(degrees?|diplomas?|certificates?)\b", re.IGNORECASE)
UNSEEN_VERBS = re.compile(
    r"(?:to\s+)?(?:understand|learn\s+(?:about|of)|know\s+about|be\s+(?:aware\s+of|familiar\s+with)"
    r"|become\s+familiar\s+with|appreciate)\b",
    re.IGNORECASE,
)
# What a firm's name ends in and a title leaves out.
LEGAL_FORM = re.compile(r"[\s,]+(?:inc|llc|ltd|co|corp|corporation|company|gmbh)\.?$")


class Level(StrEnum):
    """How much it weighs: something to look at again, or only good to know."""

    LOOK = "look"
    HINT = "hint"


@dataclass(frozen=True)
class Link:
    """Where more can be read about a piece of advice."""

    url: str
    words: str


@dataclass(frozen=True)
class Advice:
    """One piece of advice, at the question where something could be done about it."""

    key: str
    question: str
    level: Level
    text: str
    link: Link | None = None

    @property
    def page(self) -> str:
        return QUESTIONS[self.question].page

    @property
    def label(self) -> str:
        return QUESTIONS[self.question].label

    @property
    def anchor(self) -> str:
        """The id to jump to on its page: the input, or the whole list of rows."""
        if QUESTIONS[self.question].kind is Kind.ROWS:
            return f"rows_{self.question}"
        return input_id(self.question)


@dataclass(frozen=True)
class Rule:
    """One entry of the table: ``words`` gives a text for each thing it finds, or none."""

    key: str
    question: str
    words: Callable[[Answers], Iterable[str]]
    level: Level = Level.LOOK
    link: Link | None = None


def advice_on(answers: Answers) -> list[Advice]:
    """Everything worth a look, in the order of the questions. Nothing here blocks anything."""
    order = list(QUESTIONS)
    found = [
        Advice(rule.key, rule.question, rule.level, text, rule.link)
        for rule in RULES
        if QUESTIONS[rule.question].applies(answers)
        for text in rule.words(answers)
    ]
    return sorted(found, key=lambda each: order.index(each.question))


def advice_by_question(answers: Answers) -> Mapping[str, list[Advice]]:
    """The same by question, with an empty place for each question that may get some."""
    places: dict[str, list[Advice]] = {rule.question: [] for rule in RULES}
    for each in advice_on(answers):
        places[each.question].append(each)
    return places


def _title_words(answers: Answers) -> Iterator[str]:
    """A title promises no more than it is; NZQA, which lists thousands, asks the same."""
    found = {match.lower() for match in TITLE_WORDS.findall(answers.get("working_title", ""))}
    for word in sorted(found):
        yield (
            f"The title says “{word}”. A reader may take it for more than a microcredential."
            " Name what its holder can do instead."
        )


def _partner_in_title(answers: Answers) -> Iterator[str]:
    title = f" {_words(answers.get('working_title', ''))} "
    for row in answers.get("partners", ()):
        name = LEGAL_FORM.sub("", alike(row.get("org_name", "")))
        if len(name) > 2 and f" {_words(name)} " in title:
            yield (
                f"The title names {row['org_name']}. Other employers may then think it is not for"
                " them; a title without the name lasts longer than one partnership."
            )


def _unseen_verbs(answers: Answers) -> Iterator[str]:
    for number, row in enumerate(answers.get("outcomes", ()), start=1):
        if found := UNSEEN_VERBS.match(row.get("text", "").strip()):
            yield (
                f"Outcome {number} begins with “{found[0].lower()}”, which nobody can observe. Try"
                " a verb one can observe: explain, compare, draft, measure, repair."
            )


def _too_many_credits(answers: Answers) -> Iterator[str]:
    most = _credits(answers)[1]
    if most is not None and most > MOST_CREDITS:
        yield (
            f"With more than {MOST_CREDITS} credit hours this is likely a certificate. Certificates"
            " with credit take another route: they go straight to curriculum approval (CIM)."
            " eLearning helps you choose."
        )


def _credit_informal(answers: Answers) -> Iterator[str]:
    if answers.get("credit_kind") in ("credit", "both") and answers.get("formality") == "informal":
        yield (
            "Credit and informal learning can go together, but whatever carries credit needs"
            " curriculum approval (CIM) of its own. Plan some months for that, or think of a"
            " version without credit."
        )


def _hours_and_credits(answers: Answers) -> Iterator[str]:
    least, most = _credits(answers)
    hours = answers.get("effort_hours")
    if not most or least is None or answers.get("credit_kind") == "noncredit":
        return
    low, high = least * HOURS_PER_CREDIT, most * HOURS_PER_CREDIT
    if hours is None:
        yield (
            f"{_range(least, most)} credit hours usually mean about {_range(low, high)} hours"
            " of a learner's work."
        )
    elif hours < 0.8 * low or hours > 1.25 * high:
        yield (
            f"{_range(least, most)} credit hours usually mean about {_range(low, high)} hours"
            f" of a learner's work, and you wrote {hours}. One of the two may need another look."
        )


def _continuing_education_units(answers: Answers) -> Iterator[str]:
    hours = answers.get("effort_hours")
    if hours and answers.get("credit_kind") in ("noncredit", "both"):
        units = max(round(hours / HOURS_PER_CEU, 1), 0.1)
        yield (
            f"If all {hours} hours are spent with a teacher, that makes {units:g} continuing"
            " education units (CEU)."
        )


def _off_campus(answers: Answers) -> Iterator[str]:
    if answers.get("off_campus") == "yes":
        yield (
            "Teaching away from Miami's sites has to be cleared with another office first."
            " eLearning puts you in touch; you do not have to do anything now."
        )
    elif answers.get("off_campus") == "no" and "workplace" in answers.get("delivery_modes", ()):
        yield (
            "You checked “At the workplace” above. If that is not one of Miami's sites, the answer"
            " here is yes."
        )


def _no_contact(answers: Answers) -> Iterator[str]:
    """Miami offers no correspondence programs, and Workforce Pell pays for none."""
    modes = set(answers.get("delivery_modes", ()))
    if modes and modes <= {"online_any_time", "self_paced"}:
        yield (
            "In this plan everybody learns alone. The university offers no correspondence programs,"
            " so plan some regular contact with a teacher: a weekly reply, a live hour, a talk"
            " about the project."
        )


def _outside_a_term(answers: Answers) -> Iterator[str]:
    if answers.get("term_fit") == "no":
        yield (
            "Any length is welcome. Offerings inside a normal term are easier to register, bill"
            " and staff, so eLearning will ask what a term would cost your learners."
        )


def _techcred(answers: Answers) -> Iterator[str]:
    """The employer applies, not the university; up to US$2,000 a credential and US$30,000 a round;
    technology-focused and recognized by industry. Dates of rounds are not kept here."""
    if "techcred" in answers.get("funding_ideas", ()):
        yield (
            "TechCred pays for credentials about technology that an industry recognizes, and it is"
            " the employer in Ohio who applies, before the training starts. It may fit: ask your"
            " partner."
        )


def _techcred_limits(answers: Answers) -> Iterator[str]:
    """Short by its rules: at most 900 clock hours or 30 credit hours, and 12 months."""
    if "techcred" not in answers.get("funding_ideas", ()):
        return
    most = _credits(answers)[1] or 0
    hours = max(answers.get("effort_hours") or 0, most * HOURS_PER_CREDIT)
    if hours > 900:
        yield f"TechCred stops at 900 hours; your answers come to about {hours:g}."
    if (weeks := _weeks(answers)) and weeks > 52:
        yield "TechCred stops at 12 months; your answer to “How long” is more than that."


def _work_ready(answers: Answers) -> Iterator[str]:
    """Up to US$3,000, with or without credit, at branch campuses of state universities."""
    if "ohio_work_ready" not in answers.get("funding_ideas", ()) or not answers.get("campus_home"):
        return
    campus = answers.get("names", {}).get("campus_home", "The campus you chose")
    if answers.get("campus_is_branch"):
        yield (
            f"{campus} is a branch campus, which is where the Ohio Work Ready Grant can be used."
            " The credential must be one that industry recognizes."
        )
    else:
        yield (
            "The Ohio Work Ready Grant is for branch campuses, so for the Regionals and not for"
            f" Oxford. You chose: {campus}."
        )


def _workforce_pell(answers: Answers) -> Iterator[str]:
    """8 to under 15 weeks with 150 to 599 clock hours, or 4 to under 16 semester hours. Much else
    is asked, and sources differ on non-credit: only the length is told."""
    wished = "workforce_pell" in answers.get("funding_ideas", ())
    weeks, hours, most = _weeks(answers), answers.get("effort_hours"), _credits(answers)[1]
    size = [150 <= hours <= 599] if hours else []
    size += [4 <= most < 16] if most else []
    if weeks is not None and size and 8 <= weeks < 15 and any(size):
        yield (
            "The length fits the band of Workforce Pell (8 to under 15 weeks, 150 to 599 hours)."
            " Other conditions apply; eLearning can look into them."
        )
    elif wished and ((weeks is not None and not 8 <= weeks < 15) or (size and not any(size))):
        yield (
            "Workforce Pell asks for 8 to under 15 weeks and 150 to 599 hours. Your answers lie"
            " outside that band."
        )
    elif wished:
        yield (
            "Workforce Pell asks for 8 to under 15 weeks and 150 to 599 hours. With weeks and hours"
            " on the page “Shape” we can say whether the length fits."
        )


_CIM = Link(MIAMI, "How Miami approves credentials")
RULES: tuple[Rule, ...] = (
    Rule("title_words", "working_title", _title_words),
    Rule("partner_in_title", "working_title", _partner_in_title),
    Rule("unseen_verbs", "outcomes", _unseen_verbs),
    Rule("credits_over_17", "credits_max", _too_many_credits, link=_CIM),
    Rule("credit_informal", "formality", _credit_informal, link=_CIM),
    Rule("hours_and_credits", "effort_hours", _hours_and_credits, Level.HINT),
    Rule("ceu", "effort_hours", _continuing_education_units, Level.HINT),
    Rule("no_contact", "delivery_modes", _no_contact),
    Rule("off_campus", "off_campus", _off_campus, link=_CIM),
    Rule("outside_a_term", "term_fit", _outside_a_term, Level.HINT),
    Rule(
        "techcred",
        "funding_ideas",
        _techcred,
        Level.HINT,
        Link(TECHCRED, "TechCred's guidelines"),
    ),
    Rule("techcred_limits", "funding_ideas", _techcred_limits),
    Rule(
        "work_ready",
        "funding_ideas",
        _work_ready,
        Level.HINT,
        Link(WORK_READY, "Ohio Revised Code 3333.24"),
    ),
    Rule(
        "workforce_pell",
        "funding_ideas",
        _workforce_pell,
        Level.HINT,
        Link(PELL, "About Workforce Pell"),
    ),
)


def _credits(answers: Answers) -> tuple[float | None, float | None]:
    """Least and most credit hours; one given alone stands for both."""
    if answers.get("credit_kind") == "noncredit":
        return None, None
    least, most = answers.get("credits_min"), answers.get("credits_max")
    given = [each for each in (least, most) if each is not None]
    return (min(given), max(given)) if given else (None, None)


def _weeks(answers: Answers) -> float | None:
    """How long it lasts, where that can be told in weeks; four terms make more than a year."""
    value = answers.get("duration_value") or 0
    match answers.get("duration_kind"):
        case "days" if value:
            return value / 7
        case "weeks" if value:
            return value
        case "one_term":
            return WEEKS_OF_A_TERM
        case "several_terms" if value:
            return value * WEEKS_OF_A_TERM
    return None


def _range(low: float, high: float) -> str:
    low, high = round(low, 1), round(high, 1)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _words(text: str) -> str:
    """Only its words, so that punctuation around a name hides nothing."""
    return " ".join(re.findall(r"\w+", alike(text)))
