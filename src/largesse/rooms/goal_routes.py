"""Goals of a stream."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from largesse import goals
from largesse.goals import NewGoal
from largesse.identity import CurrentUser
from largesse.realtime import Goal
from largesse.rooms import streams
from largesse.services import ServicesDep
from largesse.types import Page, PathId

router = APIRouter(prefix="/v1", tags=["rooms"])

GoalId = Annotated[UUID, Path()]


@router.get("/streams/{id}/goals")
async def get_goals(stream_id: PathId, services: ServicesDep) -> Page[Goal]:
    """The stream's goals and how far they are, in the order in which they were set."""
    await streams.get_stream(services, stream_id)
    async with services.db.read() as conn:
        wanted = await goals.standing(conn, stream_id)
    return Page(items=wanted.goals(), next_cursor=None)


@router.post("/streams/{id}/goals", status_code=201)
async def post_goal(
    stream_id: PathId, body: NewGoal, user: CurrentUser, services: ServicesDep
) -> Goal:
    """Set a goal in one's live stream. The same id and body again: the goal as it stands."""
    await streams.get_stream(services, stream_id)
    return await goals.set_goal(services, user.id, stream_id, body)


@router.post("/streams/{id}/goals/{goal_id}/cancel")
async def cancel_goal(
    stream_id: PathId, goal_id: GoalId, user: CurrentUser, services: ServicesDep
) -> Goal:
    """Cancel an open goal; it is shown no more."""
    return await goals.cancel_goal(services, user.id, stream_id, goal_id)
