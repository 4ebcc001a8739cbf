"""Addresses of the proposers' pages; names fixed by contract."""

from django.urls import path

from proposals.views import (
    advice,
    autosave,
    form,
    lookalikes,
    pages,
    record,
    self_check,
)

app_name = "proposals"

urlpatterns = [
    path("", pages.proposal_list, name="proposal_list"),
    path("new/", form.proposal_new, name="proposal_new"),
    path("<str:ref>/", pages.proposal_detail, name="proposal_detail"),
    path("<str:ref>/edit/", form.proposal_resume, name="proposal_resume"),
    path("<str:ref>/edit/<slug:page>/", form.proposal_edit, name="proposal_edit"),
    path("<str:ref>/advice/<slug:page>/", advice.proposal_advice, name="proposal_advice"),
    path(
        "<str:ref>/edit/<slug:page>/autosave/", autosave.proposal_autosave, name="proposal_autosave"
    ),
    path("<str:ref>/check/", form.proposal_check, name="proposal_check"),
    path("<str:ref>/lookalikes/", lookalikes.proposal_lookalikes, name="proposal_lookalikes"),
    path("<str:ref>/self-check/", self_check.proposal_self_check, name="proposal_self_check"),
    path("<str:ref>/delete/", form.proposal_delete, name="proposal_delete"),
    path("<str:ref>/withdraw/", pages.proposal_withdraw, name="proposal_withdraw"),
    path("<str:ref>/take-back/", pages.proposal_take_back, name="proposal_take_back"),
    path("<str:ref>/record/", record.proposal_record, name="proposal_record"),
    path("<str:ref>/download/", record.proposal_download, name="proposal_download"),
    path("<str:ref>/full-proposal/", pages.proposal_full, name="proposal_full"),
]
