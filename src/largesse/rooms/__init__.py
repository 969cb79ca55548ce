"""Rooms: streams, posts, chat, and the hub that shows them live."""

from largesse.creators import register_room_titles
from largesse.moderation import register_rooms
from largesse.rooms.announced import public_creator
from largesse.rooms.defaults import load_defaults
from largesse.rooms.doors import guard_streams
from largesse.rooms.endings import running_endings
from largesse.rooms.entering import Entries
from largesse.rooms.errors import AlreadyLive, NotYourStream, PostNotFound, StreamNotFound
from largesse.rooms.events import named, to_events
from largesse.rooms.figures import FIGURES
from largesse.rooms.forgetting import forget_person
from largesse.rooms.jobs import register_jobs
from largesse.rooms.loading import open_hub
from largesse.rooms.moderated import Rooms
from largesse.rooms.posts import create_post
from largesse.rooms.publishing import gift_publisher
from largesse.rooms.queries import ended_before, live_stream_id
from largesse.rooms.schemas import EventPage, Post
from largesse.rooms.streams import end_stream, live_stream, start_stream
from largesse.rooms.titles import room_titles

__all__ = [
    "FIGURES",
    "AlreadyLive",
    "Entries",
    "EventPage",
    "NotYourStream",
    "Post",
    "PostNotFound",
    "StreamNotFound",
    "create_post",
    "end_stream",
    "ended_before",
    "forget_person",
    "gift_publisher",
    "guard_streams",
    "live_stream",
    "live_stream_id",
    "load_defaults",
    "named",
    "open_hub",
    "public_creator",
    "register_jobs",
    "room_titles",
    "running_endings",
    "start_stream",
    "to_events",
]

# The module of creators stands below this one and shows the titles of rooms.
register_room_titles(room_titles)
# The module of moderation, too, asks about rooms.
register_rooms(Rooms())
