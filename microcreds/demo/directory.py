"""What staff did to the parts of invented organizations: a note, a contact put right, one that
left."""

from microcreds.accounts.models import User
from microcreds.demo.ideas import Past
from partners.correcting import correct_to_new_contact, write_note
from partners.leaving import end_engagement
from partners.models import Engagement


def tell_directory(cast: dict[str, User], past: Past) -> None:
    """Each through the services of the product, some days ago."""
    by = cast["oxford"]
    write_note(
        engagement=_part_of("Tallgrass Fasteners"),
        note="They pay for the pilot only if it starts before their audit in spring.",
        seen="",
        at=past.moment(6, 50),
        by=by,
    )
    correct_to_new_contact(
        engagement=_part_of("Whitewater Basin Trust"),
        name="Ruth Ansel",
        email="ruth@whitewaterbasin.example",
        title="Director",
        at=past.moment(4, 20),
        by=by,
    )
    end_engagement(
        engagement=_part_of("State Line Water Laboratory"),
        reason=Engagement.End.NO_MONEY,
        words="Thank you for your help with the outcomes. Write to us whenever it suits you again.",
        remark="Phoebe rang: the county froze their budget until July.",
        at=past.moment(3, 40),
        by=by,
    )


def _part_of(name: str) -> Engagement:
    return Engagement.objects.get(organization__name=name)
