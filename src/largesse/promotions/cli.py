"""`largesse promotions ...`"""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import run_on_database
from largesse.promotions import service
from largesse.promotions.errors import PromotionInvalid
from largesse.promotions.schemas import OperatorPromotion, PromotionBody
from largesse.types import PLATFORM_ID

promotions_app = typer.Typer(no_args_is_help=True, help="Bonus coins, discounts, free coins.")

_PAGE = 100


@promotions_app.callback()
def _promotions() -> None:
    """Commands on promotions."""


@promotions_app.command("list")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every promotion with its uses and cost so far."""
    found = run_on_database(_all)
    if as_json:
        items = [promotion.model_dump(mode="json") for promotion in found]
        typer.echo(json.dumps({"promotions": items}, indent=1))
        return
    table = Table("slug", "kind", "code", "from", "until", "uses", "coins", "discounts", "left")
    for promotion in found:
        table.add_row(*_cells(promotion))
    Console(highlight=False).print(table)


def _cells(promotion: OperatorPromotion) -> list[str]:
    cost = promotion.cost
    discounts = [f"{money.amount_minor} {money.currency}" for money in cost.discounts]
    return [
        promotion.slug,
        promotion.kind,
        promotion.code or "",
        f"{promotion.starts_at:%Y-%m-%d %H:%M}",
        f"{promotion.ends_at:%Y-%m-%d %H:%M}",
        f"{cost.uses} (+{cost.reserved})",
        f"{cost.coins:,}",
        ", ".join(discounts),
        "" if promotion.budget_left is None else f"{promotion.budget_left:,}",
    ]


@promotions_app.command("import")
def import_command(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Make the promotions of a JSON file, all or none; those that are there just so stay."""
    bodies = read_bodies(file.read_bytes())
    new, there = run_on_database(lambda db: service.import_all(db, PLATFORM_ID, bodies))
    Console(highlight=False).print(f"{new} new, {there} there before.")


def read_bodies(text: bytes) -> list[PromotionBody]:
    """The promotions of a file: `{"promotions": [...]}`. Raises PromotionInvalid."""
    try:
        return TypeAdapter(dict[str, list[PromotionBody]]).validate_json(text)["promotions"]
    except KeyError:
        raise PromotionInvalid('The file has no list "promotions".') from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PromotionInvalid(f"{place}: {first['msg']}") from None


@promotions_app.command("end")
def end_command(slug: str) -> None:
    """End a promotion now."""
    ended = run_on_database(lambda db: service.end(db, PLATFORM_ID, slug))
    Console(highlight=False).print(f"{ended.slug} ended at {ended.ends_at:%Y-%m-%d %H:%M} UTC.")


async def _all(db: Database) -> list[OperatorPromotion]:
    found: list[OperatorPromotion] = []
    cursor: str | None = None
    while True:
        page = await service.list_all(db, limit=_PAGE, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
