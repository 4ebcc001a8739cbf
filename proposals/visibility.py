"""Who may read which answer: letters beside each question, and nothing by default."""

from enum import StrEnum


class Audience(StrEnum):
    """Readers of a proposal's answers inside the university."""

    PROPOSER = "proposer"
    STAFF = "staff"
    REVIEWER = "reviewer"
    CHAIR = "chair"


LETTERS: dict[str, str] = {
    Audience.PROPOSER: "S",
    Audience.STAFF: "E",
    Audience.REVIEWER: "R",
    Audience.CHAIR: "C",
}
# "P" marks what may be granted to the partner it is about. No read view is made for partners: their
# pages are built from partners.visibility alone.


def is_visible(letters: str, audience: str) -> bool:
    """Whether answers with these letters are for this audience; an unknown one sees nothing."""
    letter = LETTERS.get(audience)
    return letter is not None and letter in letters
