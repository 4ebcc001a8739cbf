"""Addresses of the proposers' pages; names fixed by contract."""

from django.urls import path

from proposals.views import (
    advice,
    as_proposer,
    asked,
    autosave,
    changes,
    conversation,
    endorsements,
    files,
    form,
    lookalikes,
    mous,
    pages,
    partners,
    people,
    points,
    record,
    second_thoughts,
    self_check,
    undo,
)

app_name = "proposals"

urlpatterns = [
    path("", pages.proposal_list, name="proposal_list"),
    path("new/", form.proposal_new, name="proposal_new"),
    path("asked/<str:key>/", asked.proposal_asked, name="proposal_asked"),
    path("<str:ref>/", pages.proposal_detail, name="proposal_detail"),
    path("<str:ref>/edit/", form.proposal_resume, name="proposal_resume"),
    path("<str:ref>/edit/<slug:page>/", form.proposal_edit, name="proposal_edit"),
    path("<str:ref>/advice/<slug:page>/", advice.proposal_advice, name="proposal_advice"),
    path(
        "<str:ref>/edit/<slug:page>/autosave/", autosave.proposal_autosave, name="proposal_autosave"
    ),
    path("<str:ref>/check/", form.proposal_check, name="proposal_check"),
    path("<str:ref>/check/leave-open/", form.proposal_leave_open, name="proposal_leave_open"),
    path("<str:ref>/lookalikes/", lookalikes.proposal_lookalikes, name="proposal_lookalikes"),
    path("<str:ref>/partners/", partners.proposal_partners, name="proposal_partners"),
    path("<str:ref>/self-check/", self_check.proposal_self_check, name="proposal_self_check"),
    path("<str:ref>/delete/", form.proposal_delete, name="proposal_delete"),
    path("<str:ref>/points/", points.proposal_points, name="proposal_points"),
    path("<str:ref>/revisions/", changes.proposal_revisions, name="proposal_revisions"),
    path("<str:ref>/ask-to-change/", changes.proposal_ask, name="proposal_ask"),
    path("<str:ref>/withdraw/", pages.proposal_withdraw, name="proposal_withdraw"),
    path("<str:ref>/take-back/", pages.proposal_take_back, name="proposal_take_back"),
    path("<str:ref>/as-proposer/", as_proposer.proposal_as_proposer, name="proposal_as_proposer"),
    path("<str:ref>/undo/", undo.proposal_undo, name="proposal_undo"),
    path("<str:ref>/record/", record.proposal_record, name="proposal_record"),
    path("<str:ref>/download/", record.proposal_download, name="proposal_download"),
    path("<str:ref>/files/", files.file_list, name="file_list"),
    path("<str:ref>/mou/<str:file>/", mous.mou_file, name="mou_file"),
    path("<str:ref>/files/<str:file>/", files.file_download, name="file_download"),
    path("<str:ref>/files/<str:file>/remove/", files.file_remove, name="file_remove"),
    path("<str:ref>/conversation/read/", conversation.conversation_read, name="conversation_read"),
    path(
        "<str:ref>/conversation/<int:message>/edit/",
        conversation.message_edit,
        name="message_edit",
    ),
    path("<str:ref>/conversation/<slug:kind>/", conversation.conversation, name="conversation"),
    path(
        "<str:ref>/endorsements/", endorsements.proposal_endorsements, name="proposal_endorsements"
    ),
    path(
        "<str:ref>/endorsements/<int:ask>/",
        endorsements.proposal_endorsement,
        name="proposal_endorsement",
    ),
    path(
        "<str:ref>/endorsements/<int:ask>/letter/",
        endorsements.endorsement_letter,
        name="endorsement_letter",
    ),
    path("<str:ref>/full-proposal/", pages.proposal_full, name="proposal_full"),
    path("<str:ref>/invitation/", people.proposal_invitation, name="proposal_invitation"),
    path("<str:ref>/people/", people.proposal_people, name="proposal_people"),
    path("<str:ref>/hand-over/", people.proposal_hand_over, name="proposal_hand_over"),
    path("<str:ref>/look/", second_thoughts.proposal_look, name="proposal_look"),
    path("<str:ref>/copy/", second_thoughts.proposal_copy, name="proposal_copy"),
    path(
        "<str:ref>/ask-to-withdraw/",
        second_thoughts.proposal_ask_to_withdraw,
        name="proposal_ask_to_withdraw",
    ),
]
