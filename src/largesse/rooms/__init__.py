"""Rooms: streams, posts, chat, overlays, and the hub that shows them live."""

from largesse.creators import register_room_titles
from largesse.rooms.errors import AlreadyLive, NotYourStream, PostNotFound, StreamNotFound
from largesse.rooms.events import gift_publisher
from largesse.rooms.loading import open_hub
from largesse.rooms.overlays import overlay_link
from largesse.rooms.posts import create_post
from largesse.rooms.schemas import OverlayLink, Post
from largesse.rooms.streams import end_stream, start_stream
from largesse.rooms.titles import room_titles

__all__ = [
    "AlreadyLive",
    "NotYourStream",
    "OverlayLink",
    "Post",
    "PostNotFound",
    "StreamNotFound",
    "create_post",
    "end_stream",
    "gift_publisher",
    "open_hub",
    "overlay_link",
    "room_titles",
    "start_stream",
]

# The module of creators stands below this one and shows the titles of rooms.
register_room_titles(room_titles)
