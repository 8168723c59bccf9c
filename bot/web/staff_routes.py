"""Every router of the staff's pages, in one list: what the application serves and the tests walk."""

from fastapi import APIRouter

from bot.web import (
    account_pages,
    audit_pages,
    conversation_export,
    desk_approvals,
    desk_live,
    desk_mentions,
    desk_offers,
    desk_pages,
    desk_recording,
    desk_referrals,
    desk_replies,
    desk_routing,
    desk_writing,
    export_pages,
    figures_pages,
    proof_pages,
    protection_pages,
    review_list,
    review_pages,
    signin,
    team_pages,
    two_people_pages,
)
from bot.web.staff_pages import StaffPages

MODULES = (
    signin,
    account_pages,
    audit_pages,
    conversation_export,
    desk_approvals,
    desk_live,
    desk_mentions,
    desk_offers,
    desk_pages,
    desk_recording,
    desk_referrals,
    desk_replies,
    desk_routing,
    desk_writing,
    export_pages,
    figures_pages,
    proof_pages,
    protection_pages,
    review_list,
    review_pages,
    team_pages,
    two_people_pages,
)


def routers(pages: StaffPages) -> list[APIRouter]:
    return [module.router(pages) for module in MODULES]
