"""For what a text is tried and shown: real proposals of the database, and examples.

Who knows proposals lies to the left and says here how it makes occasions of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from microcreds.outbox.wording.mail import Wording

MOST = 5


@dataclass(frozen=True, slots=True)
class Occasion:
    """One mail as it might be: of what, and every variable in words. ``reference`` is empty where
    it is made up."""

    name: str
    values: Mapping[str, str]
    reference: str = ""


# Takes a text, who will read the preview, a proposal's reference (empty: the newest) and how many
# at most; returns occasions that this person may see.
Maker = Callable[[Wording, User, str, int], list[Occasion]]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """From now on texts are tried and shown for what ``maker`` knows, too."""
    if maker not in _makers:
        _makers.append(maker)


def examples_of(wording: Wording) -> list[Occasion]:
    """Two that are made up: one where every variable says something, one where whatever may say
    nothing says nothing."""
    full = {name: str(each.example) for name, each in wording.variables.items()}
    bare = {
        name: "" if each.may_be_empty or each.is_block else full[name]
        for name, each in wording.variables.items()
    }
    return [
        Occasion(_("An example"), full),
        Occasion(_("An example with nothing but what must be"), bare),
    ]


def real_ones(wording: Wording, reader: User, most: int = MOST) -> list[Occasion]:
    """The newest that ``reader`` may see."""
    return [each for maker in _makers for each in maker(wording, reader, "", most)][:most]


def chosen(wording: Wording, reader: User, reference: str) -> Occasion:
    """That of the proposal with this reference, else the newest, else the example.

    Raises ``ValidationError`` where there is none with it that ``reader`` may see.
    """
    found = [each for maker in _makers for each in maker(wording, reader, reference, 1)]
    if found:
        return found[0]
    if reference:
        raise ValidationError(
            _("There is no proposal %(reference)s.") % {"reference": reference[:40]}
        )
    return examples_of(wording)[0]
