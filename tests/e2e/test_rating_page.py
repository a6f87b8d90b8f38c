import pytest
from tests.e2e.conftest import OpenContext, PreparedSession
from tests.e2e.desk import Desk
from tests.e2e.room import Room
from tests.e2e.serving import Server

pytestmark = pytest.mark.e2e

MOST_SCRIPT_BYTES = 200_000


def test_the_rating_page_is_light(
    server: Server, desk: Desk, prepared: PreparedSession, open_context: OpenContext
) -> None:
    room = Room(open_context(base_url=server.address).new_page())
    room.come_in(desk.make_link(prepared(desk), "therapist"))
    room.agree()
    room.check()
    room.read()
    room.skip_practice()
    room.wait_for_dial()
    scripts = room.page.evaluate(
        """performance.getEntriesByType("resource")
            .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
            .map(({ name, decodedBodySize }) => [new URL(name).pathname, decodedBodySize])"""
    )
    sizes = dict(scripts)
    assert any("/rate-" in path for path in sizes)
    assert all(size > 0 for size in sizes.values())
    assert sum(sizes.values()) < MOST_SCRIPT_BYTES
