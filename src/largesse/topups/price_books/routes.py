"""Routes by which an operator keeps price books and tax rates."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import AwareDatetime

from largesse.identity import CurrentOperator
from largesse.services import ServicesDep
from largesse.topups.price_books import service
from largesse.topups.price_books.schemas import Book, BookDraft, ScheduledBook, Tax, TaxDraft
from largesse.topups.schemas import Channel, CountryCode
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit

router = APIRouter(prefix="/v1/operator", tags=["operator"])
_BookId = Annotated[int, Path(alias="id", ge=1, le=2**15 - 1)]


@router.get("/price-books")
async def list_books(
    services: ServicesDep,
    _: CurrentOperator,
    country: CountryCode | None = None,
    channel: Channel | None = None,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[Book]:
    """Price books, past, current and scheduled, the newest first."""
    return await service.list_books(
        services.db, country=country, channel=channel, limit=limit, cursor=cursor
    )


@router.post("/price-books", status_code=status.HTTP_201_CREATED)
async def schedule_book(
    services: ServicesDep, operator: CurrentOperator, body: BookDraft
) -> ScheduledBook:
    """Schedule a whole book. A second one for the same country, channel and moment is refused."""
    return await service.schedule_book(services.db, operator.id, body)


@router.delete("/price-books/{id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_book(services: ServicesDep, operator: CurrentOperator, book_id: _BookId) -> None:
    """Take back a book that has not begun."""
    await service.withdraw_book(services.db, operator.id, book_id)


@router.get("/tax-rates")
async def list_rates(services: ServicesDep, _: CurrentOperator) -> Page[Tax]:
    """Tax rates by country, the newest of each first."""
    return Page(items=await service.list_rates(services.db), next_cursor=None)


@router.post("/tax-rates", status_code=status.HTTP_201_CREATED)
async def schedule_rate(services: ServicesDep, operator: CurrentOperator, body: TaxDraft) -> Tax:
    """Schedule a tax rate; prices as shown stay."""
    return await service.schedule_rate(services.db, operator.id, body)


@router.delete("/tax-rates/{country}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_rate(
    services: ServicesDep,
    operator: CurrentOperator,
    country: CountryCode,
    valid_from: AwareDatetime,
) -> None:
    """Take back a tax rate that has not begun."""
    await service.withdraw_rate(services.db, operator.id, country, valid_from)
