"""Every router of the staff's pages, in one list: what the application serves and the tests walk."""

from fastapi import APIRouter

from bot.web import account_pages, desk_pages, review_pages, signin
from bot.web.signin import StaffPages


def routers(pages: StaffPages) -> list[APIRouter]:
    modules = (signin, account_pages, desk_pages, review_pages)
    return [module.router(pages) for module in modules]
