"""The rubric by which a proposal is judged: criteria, weights and levels, edition by edition.

The committee's own text is not public, so the wording is ours. A review and a self-check store the
edition they were made by; a change of meaning is a new ``Rubric`` with a new edition, and the old
one stays readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TOP = 4


@dataclass(frozen=True)
class Criterion:
    """One criterion: ``levels`` from 0 to ``TOP``. ``page`` of the form is where it is answered."""

    key: str
    label: str
    weight: int
    levels: tuple[str, str, str, str, str]
    page: str
    is_critical: bool = False


@dataclass(frozen=True)
class Rubric:
    edition: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Score:
    """Weighted mean of what was judged, 0 to ``TOP``; the weights of the rest drop out."""

    mean: float
    judged: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.mean / TOP)


@dataclass(frozen=True)
class NextStep:
    """A criterion that would gain most, and the words of its next level."""

    criterion: Criterion
    level: int
    wanted: str


def score(rubric: Rubric, levels: Mapping[str, int]) -> Score | None:
    """How strong it is on what was judged; ``None`` while nothing was."""
    judged = [each for each in rubric.criteria if each.key in levels]
    if not judged:
        return None
    total = sum(each.weight * levels[each.key] for each in judged)
    mean = total / sum(each.weight for each in judged)
    return Score(mean=round(mean, 1), judged=len(judged), of=len(rubric.criteria))


def next_steps(rubric: Rubric, levels: Mapping[str, int], most: int = 3) -> list[NextStep]:
    """What to work on first: critical criteria, then the weakest, then the heaviest."""
    weak = [each for each in rubric.criteria if levels.get(each.key, TOP) < TOP - 1]
    weak.sort(key=lambda each: (not each.is_critical, levels[each.key], -each.weight))
    return [
        NextStep(each, levels[each.key], each.levels[levels[each.key] + 1]) for each in weak[:most]
    ]


_FIRST = Rubric(
    edition="2026-11",
    criteria=(
        Criterion(
            "need_job",
            "The need and the job",
            12,
            (
                "Neither a job nor a gap is named.",
                "A field is named, but no job in it.",
                "A job is named; the gap is claimed.",
                "Job and gap are named, and one source shows the gap.",
                "Several recent sources show it, and an employer confirms the job.",
            ),
            page="need",
        ),
        Criterion(
            "outcomes",
            "What people will be able to do",
            14,
            (
                "No outcomes yet.",
                "Topics are listed, not abilities.",
                "Some outcomes can be observed.",
                "Three to seven outcomes, all observable, all fit the job.",
                "They also match a known list of skills, at the right level.",
            ),
            page="skills",
            is_critical=True,
        ),
        Criterion(
            "assessment",
            "How you can tell",
            14,
            (
                "Attendance is enough.",
                "There is a test, but not of the outcomes.",
                "Some outcomes are assessed.",
                "Every outcome is assessed, with a pass mark and a named assessor.",
                "Tasks look like the work, a second person scores, and takers are identified.",
            ),
            page="skills",
            is_critical=True,
        ),
        Criterion(
            "scope_standalone",
            "Small, and worth having alone",
            8,
            (
                "It is of no use by itself.",
                "It is a piece cut from a course.",
                "What it is worth alone is unclear.",
                "It is focused, and useful alone.",
                "Somebody who hires could act on it.",
            ),
            page="skills",
        ),
        Criterion(
            "partner",
            "The partner",
            10,
            (
                "A partner is claimed; nobody has talked with them.",
                "There is a name.",
                "Somebody there has shown interest in writing.",
                "There is a letter, and the partner's part is clear.",
                "They design with you, promise learners or jobs, and check the assessment.",
            ),
            page="partners",
        ),
        Criterion(
            "demand",
            "Demand",
            10,
            (
                "Nothing supports it yet.",
                "It is a hunch.",
                "One weak source supports it.",
                "A market check says go, or start small.",
                "Enough learners are promised to cover the cost.",
            ),
            page="finish",
        ),
        Criterion(
            "format_duration",
            "Format and length",
            8,
            (
                "Nothing is said.",
                "It looks like a course because courses look that way.",
                "Part of it is explained.",
                "Length, format and hours follow from the need, and the figures add up.",
                "Learners or a partner have tried it.",
            ),
            page="shape",
        ),
        Criterion(
            "pathways",
            "Where it leads, what it repeats",
            8,
            (
                "It repeats something that exists.",
                "It overlaps, and that is not explained.",
                "It may count toward something one day.",
                "It says what it counts toward, or that it stands alone; overlaps are settled.",
                "There is a written agreement, or a rule for earlier learning.",
            ),
            page="skills",
        ),
        Criterion(
            "access",
            "Who can take part",
            8,
            (
                "Not thought of yet.",
                "One sentence on following the rules.",
                "There is part of a plan.",
                "The design is accessible, admission clear, support named.",
                "Cost, times and support fit the people it is for.",
            ),
            page="shape",
        ),
        Criterion(
            "sustain_evaluate",
            "Keeping it going, looking back",
            8,
            (
                "Nobody owns it; no money.",
                "Somebody owns it.",
                "Either the budget or the measures are missing.",
                "People, price, break-even and yearly measures are there.",
                "There is a rule for stopping, and the partner agrees where figures come from.",
            ),
            page="finish",
        ),
    ),
)
RUBRICS: dict[str, Rubric] = {each.edition: each for each in (_FIRST,)}
CURRENT = _FIRST
