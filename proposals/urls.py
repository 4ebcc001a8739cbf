"""Addresses of the proposers' pages; names fixed by contract."""

from django.urls import path

from proposals.views import (
    form,
    lookalikes,
    pages,
    people,
    record,
    second_thoughts,
)

app_name = "proposals"

urlpatterns = [
    path("", pages.proposal_list, name="proposal_list"),
    path("new/", form.proposal_new, name="proposal_new"),
    path("<str:ref>/", pages.proposal_detail, name="proposal_detail"),
    path("<str:ref>/edit/", form.proposal_resume, name="proposal_resume"),
    path("<str:ref>/edit/<slug:page>/", form.proposal_edit, name="proposal_edit"),
    path("<str:ref>/check/", form.proposal_check, name="proposal_check"),
    path("<str:ref>/lookalikes/", lookalikes.proposal_lookalikes, name="proposal_lookalikes"),
    path("<str:ref>/delete/", form.proposal_delete, name="proposal_delete"),
    path("<str:ref>/withdraw/", pages.proposal_withdraw, name="proposal_withdraw"),
    path("<str:ref>/take-back/", pages.proposal_take_back, name="proposal_take_back"),
    path("<str:ref>/record/", record.proposal_record, name="proposal_record"),
    path("<str:ref>/download/", record.proposal_download, name="proposal_download"),
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
