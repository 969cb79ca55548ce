"""Two nodes and three NATS servers: viewers of both see every event once and in order, whatever is killed."""

from rich.console import Console

from tests.nodes.run import once
from tests.nodes.scene import nodes
from tests.reconnecting import ReconnectingClient

SEED = 5


async def test_every_viewer_sees_every_event_once_and_in_order() -> None:
    summary = await once(SEED)
    Console().print(summary.table())
    assert summary.good
    assert summary.kills == {"a NATS server": 5, "a serving process": 2}
    assert summary.reconnects > 0


async def test_a_node_whose_cluster_is_away_at_start_serves_its_own_viewers() -> None:
    async with nodes(cluster_runs=False, servers=1) as scene:
        (server,) = scene.servers
        status, said = await scene.state(server)
        assert status == 200
        assert said["status"] == "degraded"
        assert said["parts"] == {"database": True, "gift_writer": True, "bus": False}
        assert "bus" in str(said["detail"])
        viewer = ReconnectingClient(scene.address(server))
        giver = ReconnectingClient(scene.address(server), scene.stage.viewers[0].token)
        await viewer.socket()
        await giver.give(3)
        await viewer.watch_until(3)
        assert viewer.seen == [1, 2, 3]
        for each in scene.cluster.servers:
            await scene.start_nats(each)
        await scene.hears(server)
        await giver.give(1)
        await viewer.watch_until(4)
        assert viewer.breaks == 0
        for client in (viewer, giver):
            await client.leave()
