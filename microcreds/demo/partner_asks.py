"""What the demo's partner is asked and has said, told through the services of the product."""

from django.db.models import F

from microcreds.accounts.models import User
from microcreds.demo.ideas import Past
from microcreds.outbox.models import Message
from partners.models import PartnerAsk, Question, Share
from partners.questions import CONSULTATION, Put
from reviews.outside import answering, asking, colleagues, talk

PARTNER = "pat@tallgrass.example"
SAID = {
    "jobs": "Line analysts and the two shift leads who would like to become one.",
    "abilities": "Read a week of sensor data, see what has drifted, and say it at the Monday"
    " meeting so that somebody acts on it.",
    "goes_wrong": "We look at the numbers after the scrap is in the bin.",
    "how_many": "Eight a year, the first of them in January.",
    "hours_and_places": "Tuesday and Thursday, 6 to 8 in the morning, in our training room.",
}


def tell_partner_asks(cast: dict[str, User], past: Past) -> None:
    """One partner has answered questions, is asked for more and for a time to meet, and has written
    to eLearning."""
    shares = Share.objects.current().filter(contact__email=PARTNER).order_by("pk")
    share = shares.select_related("contact", "engagement__proposal", "engagement__organization")[0]
    staff = cast["regionals"]
    _answered(share, staff, past)
    asking.put_questions(
        share=share,
        words="The first group is through. Before we plan the next one, tell us how it went.",
        due_on=past.working_day(6),
        put=[
            Put("What do they do now that they did not do before?"),
            Put("How many would you send to the next group?", Question.Kind.NUMBER),
        ],
        by=share.engagement.proposal.submitter,
        at=past.moment(5),
    )
    asking.offer_times(
        share=share,
        words="We would like to plan the next group with you.",
        due_on=past.working_day(3),
        times=[past.moment(-days, minutes) for days, minutes in ((8, 60), (9, 300))],
        minutes=45,
        place="By telephone",
        by=staff,
        at=past.moment(3),
    )
    _talked(share, staff, past)


def _answered(share: Share, staff: User, past: Past) -> PartnerAsk:
    asked = asking.put_questions(
        share=share,
        words="Before we shape this further, we would like to hear from you.",
        due_on=past.day(-612),
        put=[Put(str(words)) for words in CONSULTATION.values()],
        by=staff,
        at=past.moment(630),
    )
    # It left long before it was answered; what is settled before it leaves would be recalled.
    Message.objects.filter(cause=f"partner_ask:{asked.pk}").update(
        state=Message.State.SENT, sent_at=F("due_at"), attempts=1
    )
    keys = dict(zip(CONSULTATION, asked.questions.values_list("pk", flat=True), strict=True))
    answers = {keys[key]: words for key, words in SAID.items()}
    return answering.send_answers(asked=asked, answers=answers, at=past.moment(620))


def _talked(share: Share, staff: User, past: Past) -> None:
    talk.write_as_contact(
        engagement=share.engagement,
        contact=share.contact,
        body="Two of our people asked whether the badge can go on their profile. Can it?",
        at=past.moment(12, 40),
    )
    talk.write_to_partner(
        engagement=share.engagement,
        by=staff,
        body="It can: each of them has a link to it in the mail that said they passed.",
        is_for_proposers=True,
        at=past.moment(11, 20),
    )
    colleagues.name_colleague(
        engagement=share.engagement,
        contact=share.contact,
        name="Lou Ramirez",
        email="lou@tallgrass.example",
        words="Lou runs training from January on.",
        at=past.moment(2, 15),
    )
