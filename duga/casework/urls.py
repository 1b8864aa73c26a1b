"""Addresses of casework; an organisation's pages lie under its own."""

from django.urls import include, path

from duga.casework.views import (
    care,
    imports,
    ledger,
    lists,
    people,
    people_counting,
    programmes,
    recording,
    referral_guest,
    referrals,
)
from duga.casework.views.stock import item, stock, stocktake
from duga.casework.views.volunteers import phone, records

app_name = "casework"

of_organisation = [
    path("find/", people.find, name="find"),
    path("find/add/", people.add, name="add"),
    path("record/group/", recording.tally, name="record_tally"),
    path("record/institution/", recording.institution, name="record_institution"),
    path("groups/", lists.groups, name="groups"),
    path("lists/", lists.lists, name="lists"),
    path("import/", imports.upload, name="import"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export/", ledger.export, name="export"),
    path("referrals/", referrals.board, name="referrals"),
    path("referrals/pathways/", referrals.pathways, name="pathways"),
    path("referrals/figures/", referrals.figures, name="referral_figures"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("stock/", stock, name="stock"),
    path("stock/count/", stocktake, name="stocktake"),
    path("volunteers/", records.volunteers, name="volunteers"),
    path("volunteers/add/", records.add, name="volunteer_add"),
]

of_her_phone = [
    path("", phone.home, name="phone"),
    path("card/", phone.come_in, name="phone_in"),
    path("card/<str:code>/", phone.come_in, name="phone_card"),
    path("errands/<uuid:assignment_id>/", phone.tick, name="phone_tick"),
    path("hours/", phone.hours, name="phone_hours"),
    path("lock/", phone.lock, name="phone_lock"),
]

urlpatterns = [
    path("workspace/organisations/<slug:slug>/", include(of_organisation)),
    # referrals
    path("workspace/people/<uuid:person_id>/refer/", referrals.refer, name="refer"),
    path("workspace/people/<uuid:person_id>/refer/form/", referrals.refer_form, name="refer_form"),
    path("workspace/referrals/<uuid:referral_id>/", referrals.referral, name="referral"),
    path("workspace/referrals/<uuid:referral_id>/change/", referrals.change, name="referral_change"),
    path("workspace/referrals/<uuid:referral_id>/paper/", referrals.paper, name="referral_paper"),
    path("referral/<str:token>/", referral_guest.guest, name="referral_guest"),
    path("workspace/stock/<uuid:item_id>/", item, name="stock_item"),
    path("workspace/volunteers/<uuid:volunteer_id>/", records.volunteer, name="volunteer"),
    path("workspace/volunteers/<uuid:volunteer_id>/change/", records.change, name="volunteer_change"),
    path("workspace/volunteers/<uuid:volunteer_id>/card/", records.card, name="volunteer_card"),
    path("v/", include(of_her_phone)),
    path("workspace/people/<uuid:person_id>/", people.person, name="person"),
    path("workspace/people/<uuid:person_id>/change/", people.edit, name="edit"),
    path("workspace/people/<uuid:person_id>/record/", people.record, name="record"),
    path("workspace/people/<uuid:person_id>/household/", recording.household, name="household"),
    path("workspace/people/<uuid:person_id>/sensitive/", care.special, name="special"),
    path("workspace/people/<uuid:person_id>/bases/", care.bases, name="bases"),
    path("workspace/people/<uuid:person_id>/counting/", people_counting.counting, name="counting"),
    path("workspace/people/<uuid:person_id>/seal/", care.seal, name="seal"),
    path("workspace/people/<uuid:person_id>/erase/", care.erase, name="erase"),
    path("workspace/households/<uuid:household_id>/", recording.household_change, name="household_change"),
    path("workspace/households/<uuid:household_id>/record/", recording.for_household, name="record_household"),
    path("workspace/entries/<uuid:assistance_id>/note/", care.note, name="note"),
    path("workspace/groups/<uuid:group_id>/close/", lists.close, name="group_close"),
    path("workspace/imports/<uuid:staged_id>/columns/", imports.columns, name="import_columns"),
    path("workspace/imports/<uuid:staged_id>/", imports.check, name="import_check"),
    path("workspace/imports/<uuid:staged_id>/begin/", imports.begin, name="import_begin"),
    path("workspace/imports/<uuid:staged_id>/bad-rows/", imports.rejects, name="import_rejects"),
    path("workspace/imports/<uuid:staged_id>/discard/", imports.discard, name="import_discard"),
    path("workspace/imported/<uuid:batch_id>/undo/", imports.undo, name="import_undo"),
    path("workspace/groups/<uuid:group_id>/", lists.group, name="group"),
    path("workspace/groups/<uuid:group_id>/members/", lists.members, name="group_members"),
    path("workspace/lists/<uuid:list_id>/", lists.list_, name="list"),
    path("workspace/lists/<uuid:list_id>/attach/", lists.attach, name="list_attach"),
    path("workspace/lists/<uuid:list_id>/scan/", lists.scan, name="list_scan"),
    path("workspace/entries/<uuid:assistance_id>/", ledger.entry, name="entry"),
    path("workspace/entries/<uuid:assistance_id>/correct/", ledger.correct, name="correct"),
    path("workspace/entries/<uuid:assistance_id>/withdraw/", ledger.withdraw, name="withdraw"),
    path("workspace/entries/<uuid:assistance_id>/recorded/", recording.recorded, name="recorded"),
    path("workspace/entries/<uuid:assistance_id>/undo/", people.undo, name="undo"),
]
