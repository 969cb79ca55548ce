"""A creator's moderators find and enter his private streams, as long as they are moderators."""

import httpx
import pytest

from largesse.identity import Role
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import Open
from tests.rooms.test_doors import refused_at_the_door, start


async def test_a_creators_moderators_enter_without_an_invitation(
    client: httpx.AsyncClient, creator: SignedIn, users: MakeUser, open_socket: Open
) -> None:
    stream = await start(client, creator, "invited")
    mona = await users("Mona")
    await refused_at_the_door(await open_socket("streams", stream["id"]), mona.token)
    path = f"/v1/creator/moderators/{mona.id}"
    assert (await client.put(path, headers=creator.headers)).status_code == 204
    socket = await open_socket("streams", stream["id"])
    await socket.join(mona.token)
    await client.delete(path, headers=creator.headers)
    assert await socket.closed() == 4403


@pytest.mark.parametrize("visibility", ["followers", "invited"])
async def test_a_creators_moderators_find_his_private_streams(
    client: httpx.AsyncClient, creator: SignedIn, users: MakeUser, visibility: str
) -> None:
    """As long as they are moderators; what they keep of others they do not see by it."""
    stream = await start(client, creator, visibility)
    mia = await users("Mia", roles={Role.CREATOR})
    await start(client, mia, visibility)
    mona = await users("Mona")
    path = f"/v1/creator/moderators/{mona.id}"

    async def found() -> list[str]:
        page = (await client.get("/v1/streams", headers=mona.headers)).json()
        one = await client.get(f"/v1/streams/{stream['id']}", headers=mona.headers)
        listed = [item["id"] for item in page["items"]]
        assert (one.status_code == 200) == (stream["id"] in listed)
        return listed

    assert await found() == []
    await client.put(path, headers=creator.headers)
    assert await found() == [stream["id"]]
    await client.delete(path, headers=creator.headers)
    assert await found() == []
