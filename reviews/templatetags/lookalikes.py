"""How alike two proposals are, in words, for templates."""

from django import template
from django.utils.translation import gettext as _

from proposals.lookalikes import Lookalike
from proposals.models import Pair, Proposal

register = template.Library()


@register.filter
def how_alike(found: Lookalike) -> str:
    if found.alike >= 0.7:
        return _("Nearly the same")
    if found.alike >= 0.4:
        return _("Much alike")
    return _("Somewhat alike")


@register.filter
def what_is_alike(found: Lookalike) -> str:
    """Which half of the comparison speaks for it."""
    title = _in_words(found.title_alike, _("the title"))
    words = _in_words(found.words_alike, _("what it teaches"))
    return "; ".join(filter(None, (title, words))) or _("a few words of each")


def _in_words(share: float, what: str) -> str:
    if share >= 0.8:
        return _("%(what)s is nearly the same") % {"what": what}
    if share >= 0.4:
        return _("%(what)s is alike") % {"what": what}
    return ""


@register.simple_tag
def other_of(pair: Pair, proposal: Proposal) -> Proposal:
    """The other one of the two, as it was loaded with the pair."""
    return pair.second if pair.first_id == proposal.pk else pair.first
