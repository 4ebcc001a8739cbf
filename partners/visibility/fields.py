"""What people outside can read of partners' records, field by field, and where."""

from django.utils.translation import gettext_lazy as _

from microcreds.outbox.wording.source import Text

# The outcomes block: these questions of the interest form, in partner wording, for an engagement
# for which staff have switched it on.
OUTCOMES: dict[str, Text] = {
    "qualifies_statement": _("Someone who holds it can be trusted to"),
    "outcomes": _("What they will know, be able to do, or have experienced"),
    "job_functions": _("The jobs it is for"),
    "credit_kind": _("Academic credit"),
    "formality": _("How formal it is"),
    "effort_hours": _("Hours of work for a learner"),
    "duration_kind": _("How long it takes"),
    "duration_value": _("How many that makes"),
    "delivery_modes": _("How it is taught"),
    "delivery_fit": _("How that fits into working life"),
}


# What people outside can read, field by field, and where; whoever comes by a link reads it of what
# is shared with them alone. A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, Text]] = {
    "partners.Organization": {
        "name": _("of their own, beside an endorsement, and in a mail about its memorandum"),
    },
    "partners.Contact": {
        "name": _("in their own mails"),
        "title": _("of themselves, as what the form of an endorsement begins with"),
        "email": _("as the address of their own mails, and masked beside a code"),
    },
    "partners.Engagement": {
        "opened_at": _("on the status page, as the day they were named"),
        "outcomes_since": _("as whether the outcomes are on their page"),
        "ended_at": _("on the page that says that they take part no more"),
        "end_words": _("on the page that says that they take part no more"),
    },
    "partners.PartnerAsk": {
        "id": _("in the address of what is asked of them"),
        "kind": _("in the list of what is asked of them, and on its page"),
        "words": _("on the page of what is asked of them, in its mails, and in their history"),
        "due_on": _("on the page of what is asked of them, and in its mails"),
        "asked_by": _("by name, on the page of what is asked of them"),
        "state": _("on the page of what is asked of them, and in their history"),
        "settled_at": _("on the page of what is asked of them, and in their history"),
        "settled_words": _("on the page of what is asked of them, as why it ended"),
    },
    "partners.Question": {
        "id": _("as the name of its field, on the page of what is asked of them"),
        "kind": _("as its field, on the page of what is asked of them"),
        "words": _("on the page of what is asked of them"),
        "choices": _("on the page of what is asked of them"),
        "text": _("as their own answer, on the page of what is asked of them"),
        "number": _("as their own answer, on the page of what is asked of them"),
        "attachment": _("by name, as their own answer, on the page of what is asked of them"),
    },
    "partners.OfferedTime": {
        "id": _("as the value of a choice, on the page of what is asked of them"),
        "starts_at": _("on the page of what is asked of them"),
        "minutes": _("on the page of what is asked of them"),
        "place": _("on the page of what is asked of them"),
        "is_picked": _("on the page of what is asked of them"),
    },
    "partners.NamedColleague": {
        "name": _("of whom they named themselves, there and in their history"),
        "at": _("of whom they named themselves, there and in their history"),
        "state": _("of whom they named themselves"),
        "settled_words": _("of whom they named themselves, as why eLearning does not write"),
    },
    "partners.Typed": {
        "fields": _("as what they typed themselves and did not send yet"),
        "path": _("as the address of the form they typed it into"),
        "was_sent": _("as whether they had pressed its button"),
        "at": _("as when they typed it"),
    },
    "partners.EndorsementDraft": {
        "answers": _("as what they saved themselves of an endorsement"),
        "letter": _("as what they saved themselves of an endorsement"),
        "version": _("as the number of what they saved themselves, hidden in the form"),
        "saved_at": _("as when they saved it themselves"),
    },
    "partners.Endorsement": {
        "revision": _("by its number, on the page of their own endorsement"),
        "outcomes": _("on the page of their own endorsement"),
        "recognition": _("on the page of their own endorsement"),
        "learners": _("on the page of their own endorsement"),
        "assessed_by": _("on the page of their own endorsement"),
        "words": _("on the page of their own endorsement"),
        "remarks": _("of an endorsement that they signed themselves, not of one that staff noted"),
        "letter": _("on the page of their own endorsement"),
        "signer_name": _("on the page of their own endorsement, and in its mail"),
        "signer_title": _("on the page of their own endorsement"),
        "signed_on": _("on the page of their own endorsement, and in its mail"),
        "sha256": _("on the page of their own endorsement, and in its mail"),
    },
    "partners.OnBehalf": {
        "by": _("by name, on the page of what was noted on their behalf, and in its mail"),
        "said_on": _("on the page of what was noted on their behalf, and in its mail"),
        "channel": _("on the page of what was noted on their behalf, and in its mail"),
        "words": _("on the page of what was noted on their behalf"),
        "objected_at": _("on the page of what was noted on their behalf"),
        "objection": _("as their own words, on the page of what was noted on their behalf"),
    },
    "partners.Mou": {
        "status": _("on the status page, in partner wording"),
        "status_since": _("on the status page"),
        "due_on": _("in what is asked of them, while it is with them"),
        "start_on": _("on the status page, once both sides have signed"),
        "end_on": _("on the status page, once both sides have signed, and in a mail before it"),
    },
    "partners.MouVersion": {
        "number": _("of a version that is open to them"),
        "file": _("of a version that is open to them, by name and to be saved"),
        "changed": _("of a version that is open to them"),
        "is_signed_copy": _("of a version that is open to them"),
    },
    "partners.Link": {"uuid": _("as the link in their own mails")},
    "partners.Code": {"keyed_hash": _("as the code in their own mail, never by its hash")},
    "partners.Inquiry": {
        "state": _("on the page of their own inquiry"),
        "state_since": _("on the page of their own inquiry"),
        "abilities": _("on the page of their own inquiry, and of the proposal that came of it"),
        "jobs": _("on the page of their own inquiry, and of the proposal that came of it"),
        "how_many": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_when": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_day": _("on the page of their own inquiry, and of the proposal that came of it"),
        "place": _("on the page of their own inquiry, and of the proposal that came of it"),
        "org_name": _("on the page of their own inquiry"),
        "contact_name": _("in their own mails"),
        "contact_email": _("as the address of their own mails"),
        "sent_at": _("on the page of their own inquiry"),
        "heard_on": _("in the mail that answers their own inquiry"),
        "confirmed_at": _("on the page of their own inquiry"),
        "unit": _("on the page of their own inquiry"),
        "owner": _("by name, as whom to call about their own inquiry"),
        "answer_by": _("on the page of their own inquiry"),
        "first_answered_at": _("as whether an answer is still due"),
        "closing_words": _("on the page of their own inquiry, and in its mail"),
        "closed_from": _("as the step at which their own inquiry ended"),
        "proposal": _("as the page that goes on in its place"),
    },
    "partners.InquiryEntry": {
        "at": _("of an answer that was mailed, on the page of their own inquiry"),
        "words": _("of an answer that was mailed, on the page of their own inquiry"),
    },
}


INSIDE: dict[str, str] = {
    "partners.Organization": "id place kind website is_fictional created_at merged_into",
    "partners.OrganizationMerge": "id kept merged moved at by undone_at undone_by",
    "partners.Alias": "id organization name since",
    "partners.Contact": "id phone created_at",
    "partners.Typed": "id contact",
    "partners.Code": "id contact purpose sent_at expires_at used_at tries",
    "partners.Engagement": (
        "id proposal organization named_partner contact staff_note ended_by end_reason outcomes_by "
        "thread"
    ),
    "partners.EngagementEntry": "id engagement kind at by was now",
    "partners.PartnerAsk": "engagement contact asked_at opened_at settled_by",
    "partners.Question": "asked position",
    "partners.WaitingOutcome": "id proposal question text at by",
    "partners.OutcomeSource": "id proposal outcome question at by",
    "partners.OfferedTime": "asked",
    "partners.NamedColleague": "id engagement named_by email words settled_at settled_by",
    "partners.EndorsementDraft": "asked revision",
    "partners.Endorsement": "id asked signer_email signed_at",
    "partners.OnBehalf": "id asked recorded_at evidence untold_because",
    "partners.Mou": (
        "engagement not_needed_because template_version minimum_learners buyway_number "
        "renewal_notice_days version agreed_by_partner agreed_by_university signed_by_partner_on "
        "signed_by_university_on terminated_on terminated_because let_end_at told_days_left "
        "partner_told_at"
    ),
    "partners.MouVersion": "id mou is_for_partner is_for_proposers at by contact",
    "partners.MouClause": "id mou head state words at by",
    "partners.MouSignatory": "id mou side name title signed_on",
    "partners.MouEntry": (
        "id mou kind move from_status to_status at by contact words version channel heard_on "
        "evidence undoes before"
    ),
    "partners.Share": "id engagement contact since by until ended_by closed_at closed_by",
    "partners.FileShare": "id engagement attachment since by until ended_by",
    "partners.Link": (
        "id contact token_sha256 created_at expires_at revoked_at revoked_by last_used_at event"
    ),
    "partners.Access": (
        "id link engagement attachment at network after_bounce from_many_networks after_end"
    ),
    "partners.Inquiry": (
        "id uuid token_sha256 form_key website contact_title contact_phone channel typed_by "
        "mailed_at contact organization reason words"
    ),
    "partners.InquiryEntry": "id inquiry kind by",
    "partners.FacultyAsk": (
        "id key inquiry email name working_title need words asked_by asked_at state state_since "
        "user answer reference"
    ),
}
