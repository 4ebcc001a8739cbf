"""The nouns: a proposal, who takes part in it, its form with its rows, revisions and notes."""

from proposals.models.attachment import Attachment, AttachmentQuerySet
from proposals.models.conversation import (
    Comment,
    CommentEdit,
    CommentQuerySet,
    LastRead,
    Mention,
    Thread,
)
from proposals.models.form import (
    InterestEdit,
    InterestForm,
    NamedPartner,
    NamedPartnerManager,
    NamedPartnerQuerySet,
    Revision,
    RevisionManager,
)
from proposals.models.lookalike import (
    Pair,
    PairQuerySet,
    SearchText,
)
from proposals.models.people import (
    HandOver,
    Invitation,
    InvitationQuerySet,
    LookRequest,
    WithdrawalRequest,
)
from proposals.models.proposal import (
    CredentialType,
    Participant,
    Proposal,
    ProposalQuerySet,
    ReferenceCounter,
    Stage,
    Term,
    Turn,
)

__all__ = [
    "Stage",
    "Turn",
    "CredentialType",
    "Term",
    "ReferenceCounter",
    "ProposalQuerySet",
    "Proposal",
    "Participant",
    "InvitationQuerySet",
    "Invitation",
    "HandOver",
    "LookRequest",
    "WithdrawalRequest",
    "InterestForm",
    "InterestEdit",
    "NamedPartnerQuerySet",
    "NamedPartnerManager",
    "NamedPartner",
    "RevisionManager",
    "Revision",
    "Thread",
    "CommentQuerySet",
    "Comment",
    "CommentEdit",
    "Mention",
    "LastRead",
    "SearchText",
    "PairQuerySet",
    "Pair",
    "AttachmentQuerySet",
    "Attachment",
]
