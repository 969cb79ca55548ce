"""A media server that sends a moving picture by WHEP: `python -m tests.browser.whep_server PORT`, on 127.0.0.1.

It is a real WebRTC sender, and knows nothing of Largesse. `GET /calls` says whom it has served.
"""

import fractions
import socket
import sys
from dataclasses import dataclass, field
from uuid import uuid4

import aioice.ice
import uvicorn
from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

WIDTH, HEIGHT = 360, 640
FRAMES_PER_S = 15
_CLOCK_PER_S = 90_000


class Picture(VideoStreamTrack):
    """A bar that walks down over a plain ground."""

    _count = 0

    async def recv(self) -> VideoFrame:
        pts, _ = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        self._count += 1
        bar = self._count * 8 % HEIGHT
        for number, plane in enumerate(frame.planes):
            ground = b"\x50" if number == 0 else b"\xa0"
            lines = [ground * plane.line_size] * plane.height
            if number == 0:
                lines[bar : bar + 8] = [b"\xe0" * plane.line_size] * len(lines[bar : bar + 8])
            plane.update(b"".join(lines))
        frame.pts, frame.time_base = pts, fractions.Fraction(1, _CLOCK_PER_S)
        return frame


@dataclass
class Calls:
    """Who is served, and who has been."""

    begun: int = 0
    said_goodbye: int = 0
    open: dict[str, RTCPeerConnection] = field(default_factory=dict)

    async def begin(self, request: Request) -> Response:
        """An offer for an answer."""
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTrack(Picture())
        peer.addTrack(AudioStreamTrack())
        offer = (await request.body()).decode()
        await peer.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        self.begun += 1
        call_id = uuid4().hex
        self.open[call_id] = peer
        location = {"Location": f"/whep/{call_id}"}
        return Response(
            peer.localDescription.sdp, 201, headers=location, media_type="application/sdp"
        )

    async def end(self, request: Request) -> Response:
        """A viewer says goodbye."""
        peer = self.open.pop(request.path_params["call_id"], None)
        if peer is None:
            return Response(status_code=404)
        self.said_goodbye += 1
        await peer.close()
        return Response()

    async def leave(self, request: Request) -> Response:
        """The encoder is gone: all calls end."""
        while self.open:
            _, peer = self.open.popitem()
            await peer.close()
        return Response()

    async def told(self, request: Request) -> Response:
        """What happened so far."""
        return JSONResponse({"begun": self.begun, "said_goodbye": self.said_goodbye})


def application() -> Starlette:
    """The server; pages of any origin may ask it."""
    calls = Calls()
    routes = [
        Route("/whep", calls.begin, methods=["POST"]),
        Route("/whep/{call_id}", calls.end, methods=["DELETE"]),
        Route("/leave", calls.leave, methods=["POST"]),
        Route("/calls", calls.told),
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["POST", "DELETE"],
        allow_headers=["Content-Type"],
        expose_headers=["Location"],
    )
    return Starlette(routes=routes, middleware=[cors])


if __name__ == "__main__":
    # Its picture stays on this machine, also where that has no other address.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind(("127.0.0.1", int(sys.argv[1])))
        uvicorn.Server(uvicorn.Config(application(), log_level="warning")).run(sockets=[shared])
