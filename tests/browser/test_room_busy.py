"""In a room where fifty gifts arrive each second: nothing typed is lost, nothing is miscounted, nothing piles up."""

import pytest
from playwright.sync_api import expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser

# Keeps the room's socket, and the number that the log had reached when it was joined.
_TAP = """() => {
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...all) {
            super(...all);
            this.addEventListener('message', ({ data }) => {
                const frame = JSON.parse(data);
                if (frame.op !== 'snapshot') return;
                Object.assign(window, { tapped: this, seq: frame.seq });
                document.documentElement.dataset.tapped = 'yes';
            });
        }
    };
}"""
# Frames of a busy room, every 50 ms, as the server sends them: half of the gifts are one streak.
_RAIN = """(gifts) => {
    let sent = 0;
    const gift = (streak) => ({
        type: 'gift', seq: ++window.seq, at: new Date().toISOString(), id: crypto.randomUUID(),
        sender: { id: streak ? 'storm' : `drop-${sent % 40}`, display_name: streak ? 'Storm' : 'Drop' },
        gift: { id: 'g', version: 1, slug: 'rose', name: 'Rose' }, animation_kind: 'hop',
        count: 1, coins: 1, milli_diamonds: 500, streak, message: null, first: null,
    });
    const timer = setInterval(() => {
        const events = [];
        while (events.length < 2.5 + (sent % 2) && sent < gifts)
            events.push(gift(sent++ % 2 ? 'storm-streak' : null));
        window.tapped.onmessage({ data: JSON.stringify({ op: 'frame', events }) });
        if (sent < gifts) return;
        clearInterval(timer);
        document.documentElement.dataset.rained = 'yes';
    }, 50);
}"""


def test_a_busy_room_loses_no_letter_and_no_gift(server: DemoServer, visitor: VisitorMaker) -> None:
    page = visitor(still=False)
    page.add_init_script(f"({_TAP})()")
    enter(page, Person.join(server.url, "Kay"))
    page.goto(f"/live/{live_room(server.url, 'Ines Okafor')}")
    field = page.get_by_label("Chat message")
    expect(field).to_be_enabled()
    root = page.locator("html")
    expect(root).to_have_attribute("data-tapped", "yes")
    page.evaluate(_RAIN, 200)
    field.focus()
    page.keyboard.type("every letter of this arrives", delay=60)
    expect(field).to_have_value("every letter of this arrives")
    expect(root).to_have_attribute("data-rained", "yes")
    lines = page.get_by_role("log", name="Chat").locator(".entry")
    expect(lines.filter(has_text="Storm")).to_contain_text("×100")
    assert lines.count() <= 80
    assert page.locator(".lanes li:not([inert])").count() <= 3  # others are fading away
