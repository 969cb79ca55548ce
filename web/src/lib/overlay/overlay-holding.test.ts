import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chat, gift } from '$lib/live/testing';
import { paid, settings, settingsFrame } from './testing';
import { bo, frame, open, snapshot, turn } from './testing-page';
import type { ApprovedAlert } from './types';

beforeEach(() => {
	vi.useFakeTimers();
	localStorage.clear();
});
afterEach(() => void vi.useRealTimers());

describe('holding', () => {
	const held = settings({ hold: true });
	const approval = (no: number, seq: number): ApprovedAlert => ({
		no,
		room_id: 'room-1',
		event: gift(seq)
	});

	it('shows nothing until it is approved, over a reload too', async () => {
		const first = open();
		await first.say(settingsFrame({ settings: held }));
		await first.say(snapshot(0));
		await first.say(frame(gift(1), gift(2)));
		expect(first.now()).toBe(null);
		first.feed.stop();
		const approvals = [approval(1, 2)];
		const second = open({ approvals, log: [gift(1), gift(2)] });
		await second.say(settingsFrame({ settings: held, approved: 1 }));
		await second.say(snapshot(2, { recent: [gift(1), gift(2)] }));
		expect(second.now()).toBe('Ada 1');
		await turn();
		approvals.push(approval(2, 1));
		await second.say(settingsFrame({ settings: held, approved: 2 }));
		expect(second.now()).toBe('Ada 1');
		second.feed.stop();
		const third = open({ approvals });
		await third.say(settingsFrame({ settings: held, approved: 2 }));
		expect(third.now()).toBe(null);
	});

	it('shows none of the approvals from before the page was first opened', async () => {
		const { say, now } = open({ approvals: [approval(1, 1)] });
		await say(settingsFrame({ settings: held, approved: 1 }));
		expect(now()).toBe(null);
	});

	it('switched on or off, goes by where the log stood then', async () => {
		const { say, now, shown } = open();
		await say(settingsFrame());
		await say(snapshot(0));
		await say(frame(gift(1), gift(2, bo), gift(3)));
		// The server switched after number 2: 3 waits there, and 2 is still to be shown here.
		const on = { settings: held, hold_switch: { room_id: 'room-1', seq: 2 } };
		await say(settingsFrame(on));
		await say(frame(gift(4)));
		await turn();
		await turn();
		expect(shown).toEqual(['Ada 1', 'Bo 1']);
		// Off again after 3: 4 came too early for this page to know.
		await say(settingsFrame({ hold_switch: { room_id: 'room-1', seq: 3 } }));
		expect(now()).toBe('Ada 1');
	});
});

describe('tests and settings', () => {
	it('shows a test at once and remembers it nowhere', async () => {
		const { say, now } = open();
		await say(settingsFrame({ settings: settings({ hold: true }) }));
		await say(snapshot(0));
		const before = localStorage.getItem('overlay-1.0');
		await say({ op: 'test', events: [gift(0, { count: 9 })] });
		expect(now()).toBe('Ada 9');
		expect(localStorage.getItem('overlay-1.0')).toBe(before);
	});

	it('reads a message aloud', async () => {
		const { say, spoken } = open();
		const speech = { ...settings().speech, enabled: true };
		await say(settingsFrame({ settings: settings({ speech }) }));
		await say(snapshot(0));
		await say(frame(paid(1)));
		expect(spoken).toEqual(['Bo: hello']);
	});

	it('shows other overlays samples for a moment', async () => {
		const { say, feed } = open();
		const chatty = { kind: 'chat', lines: 5, fade_s: 0, paid: true, size: 'medium' } as const;
		await say(settingsFrame({ settings: chatty }));
		await say(snapshot(1, { recent: [chat(1)] }));
		await say({ op: 'test', events: [chat(0, 'a test')] });
		expect(feed.test?.lines.map(({ text }) => text)).toEqual(['line 1', 'a test']);
		expect(feed.room.lines).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(10_001);
		expect(feed.test).toBe(null);
	});
});
