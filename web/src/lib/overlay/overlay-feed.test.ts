import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomEvent } from '$lib/live/protocol';
import { chat, gift } from '$lib/live/testing';
import { moderation, paid, settings, settingsFrame, streakEnd, total } from './testing';
import { bo, frame, open, snapshot, tick, turn } from './testing-page';

beforeEach(() => {
	vi.useFakeTimers();
	localStorage.clear();
});
afterEach(() => void vi.useRealTimers());

describe('alerts over reloads', () => {
	it('starts from the present and shows each gift once', async () => {
		const { say, now, feed } = open();
		await say(settingsFrame());
		await say(snapshot(7, { recent: [gift(7)] }));
		expect(feed.alerts?.queue.idle).toBe(true);
		await say(frame(gift(7), gift(8), chat(9)));
		expect(now()).toBe('Ada 1');
		expect(feed.alerts?.queue.waiting).toBe(0);
	});

	it('shows after a reload what was not shown, and nothing twice', async () => {
		const log = [gift(1), gift(2, bo), chat(3), gift(4)];
		const first = open();
		await first.say(settingsFrame());
		await first.say(snapshot(0));
		await first.say(frame(...log));
		expect(first.now()).toBe('Ada 1');
		first.feed.stop();
		const second = open({ log });
		await second.say(settingsFrame());
		await second.say(snapshot(4, { recent: [gift(4)] }));
		expect(second.now()).toBe('Bo 1');
		await turn();
		expect(second.now()).toBe('Ada 1');
		await turn();
		expect(second.now()).toBe(null);
		expect(second.shown).toEqual(['Bo 1', 'Ada 1']);
	});

	it('repeats nothing after a reconnect, whatever the overlay missed', async () => {
		const { say, server, now, feed } = open();
		await say(settingsFrame());
		await say(snapshot(7));
		await say(frame(gift(8)));
		await turn();
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(2000);
		server.latest.say(snapshot(9, { recent: [gift(8), gift(9, bo)] }));
		await tick();
		expect(now()).toBe('Bo 1');
		expect(feed.alerts?.queue.waiting).toBe(0);
		await turn();
		server.latest.say(frame(gift(10)));
		await tick();
		expect(now()).toBe('Ada 1');
	});

	it('lets each of several pages with one address show all', async () => {
		const pages = [open({ place: 0 }), open({ place: 1 })];
		for (const page of pages) {
			await page.say(settingsFrame());
			await page.say(snapshot(0));
		}
		await pages[0]?.say(frame(gift(1)));
		pages[1]?.feed.stop();
		const again = open({ place: 1, log: [gift(1)] });
		await again.say(settingsFrame());
		await again.say(snapshot(1, { recent: [gift(1)] }));
		expect(again.now()).toBe('Ada 1');
	});

	it('follows the creator into the next stream', async () => {
		const { say, now, feed } = open();
		await say(settingsFrame());
		await say(snapshot(7));
		await say({ op: 'stream', stream: null });
		expect(feed.waiting).toBe(true);
		await say(snapshot(0, { id: 'room-2' }));
		await say(frame(gift(1)));
		expect([feed.waiting, now()]).toEqual([false, 'Ada 1']);
	});

	it('says so when the token is not known', () => {
		const { server, feed } = open();
		server.latest.fail(4401);
		expect(feed.unknown).toBe(true);
	});
});

describe('streaks', () => {
	const beat = (seq: number) => gift(seq, { streak: 's' });

	it('are one alert that counts up and ends with the total', async () => {
		const { say, now, shown } = open();
		await say(settingsFrame());
		await say(snapshot(0));
		await say(frame(beat(1)));
		expect(now()).toBe('Ada 1…');
		await say(frame(beat(2), gift(3, bo), beat(4)));
		expect(now()).toBe('Ada 3…');
		await vi.advanceTimersByTimeAsync(10_000);
		expect(now()).toBe('Ada 3…');
		await say(frame(streakEnd(5, 's', 3)));
		expect(now()).toBe('Ada 3');
		await turn();
		expect(now()).toBe('Bo 1');
		await turn();
		expect(shown).toEqual(['Ada 1', 'Bo 1']);
	});

	it('that are under way at a reload go on with the whole total', async () => {
		const first = open();
		await first.say(settingsFrame());
		await first.say(snapshot(0));
		await first.say(frame(beat(1), beat(2)));
		first.feed.stop();
		const second = open({ log: [beat(1), beat(2), beat(3)] });
		await second.say(settingsFrame());
		await second.say(snapshot(3, { recent: [beat(2), beat(3)], streaks: [total('s', 3)] }));
		expect(second.now()).toBe('Ada 3…');
		await second.say(frame(beat(4)));
		expect(second.now()).toBe('Ada 4…');
		await second.say(frame(streakEnd(5, 's', 4)));
		expect(second.now()).toBe('Ada 4');
		await turn();
		expect(second.now()).toBe(null);
	});

	it('that ended during a reload show what was left of them, and only then', async () => {
		const first = open();
		await first.say(settingsFrame());
		await first.say(snapshot(0));
		await first.say(frame(beat(1), beat(2)));
		first.feed.stop();
		const recent = [beat(1), beat(2), beat(3), streakEnd(4, 's', 3)];
		const more = open();
		await more.say(settingsFrame());
		await more.say(snapshot(4, { recent }));
		expect(more.now()).toBe('Ada 3');
		more.feed.stop();
		const again = open();
		await again.say(settingsFrame());
		await again.say(snapshot(4, { recent }));
		expect(again.now()).toBe(null);
	});

	it('too cheap at first are shown once they are dear enough', async () => {
		const { say, now } = open();
		await say(settingsFrame({ settings: settings({ coins_min: 2 }) }));
		await say(snapshot(0));
		await say(frame(beat(1)));
		expect(now()).toBe(null);
		await say(frame(beat(2)));
		expect(now()).toBe('Ada 2…');
	});
});

describe('moderation', () => {
	it('takes out what was removed, on screen and waiting', async () => {
		const { say, now } = open();
		await say(settingsFrame());
		await say(snapshot(0));
		await say(frame(paid(1), gift(2), paid(3)));
		await say(frame(moderation(4, { target_seq: 3 }), moderation(5, { target_seq: 1 })));
		expect(now()).toBe(null);
		await vi.advanceTimersByTimeAsync(501);
		expect(now()).toBe('Ada 1');
		await turn();
		expect(now()).toBe(null);
	});

	it('shows a held message when it is let through, once', async () => {
		const log: RoomEvent[] = [paid(1)];
		const { say, now, shown } = open({ log });
		await say(settingsFrame());
		await say(snapshot(0));
		await say(frame(paid(1, { state: 'held', text: null })));
		expect(now()).toBe(null);
		const approve = { action: 'approve', target_seq: 1, text: 'hello' } as const;
		await say(frame(moderation(2, approve)));
		expect(now()).toBe('Bo 1');
		await say(frame(moderation(3, approve)));
		await turn();
		await turn();
		expect(shown).toEqual(['Bo 1']);
	});
});
