"""Routes of the wallet."""

from typing import Annotated

from fastapi import APIRouter, Query

from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId, PathMonth
from largesse.wallet import service, statements
from largesse.wallet.schemas import (
    BudgetRequest,
    Lot,
    LotGifts,
    OwnWallet,
    WalletHistory,
    WalletView,
)
from largesse.wallet.statements import WalletStatementView

router = APIRouter(prefix="/v1/wallet", tags=["wallet"])

_Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("")
async def show_wallet(services: ServicesDep, user: CurrentUser) -> OwnWallet:
    """Your coins and your budget, and the bonus coins that lapse."""
    return await service.show_wallet(services, user)


@router.put("/budget")
async def change_budget(
    services: ServicesDep, user: CurrentUser, body: BudgetRequest
) -> WalletView:
    """Set your monthly budget: lowering is instant, raising or removing it waits a day."""
    return await service.change_budget(services, user, body.monthly_coins)


@router.get("/transactions")
async def list_transactions(
    services: ServicesDep,
    user: CurrentUser,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: _Cursor = None,
) -> WalletHistory:
    """What came in and went out, newest first, with the balance after each."""
    return await service.list_transactions(services, user, limit=limit, cursor=cursor)


@router.get("/lots")
async def list_lots(
    services: ServicesDep,
    user: CurrentUser,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: _Cursor = None,
) -> Page[Lot]:
    """Your purchases, and how many coins of each are spent, left or refunded."""
    return await service.list_lots(services, user, limit=limit, cursor=cursor)


@router.get("/lots/{id}")
async def show_lot(
    id: PathId,
    services: ServicesDep,
    user: CurrentUser,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: _Cursor = None,
) -> LotGifts:
    """One of your purchases, and the gifts it paid for."""
    return await service.show_lot(services, user, id, limit=limit, cursor=cursor)


@router.get("/statements/{month}")
async def show_statement(
    month: PathMonth, services: ServicesDep, user: CurrentUser
) -> WalletStatementView:
    """Your month (UTC, `2026-11`): coins before and after, gifts, purchases and what was paid back."""
    return await statements.show_statement(services, user, month)
