import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OverlayFeed, storedMemory, type OverlayMemory } from './overlay.svelte';
import type { RoomEvent } from './protocol';
import { chat, gift, room, socketFactory } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bo = { sender: { id: 'bo', display_name: 'Bo' } };

function remember(
	start: Record<string, number> = {}
): OverlayMemory & { seen: Map<string, number> } {
	const seen = new Map(Object.entries(start));
	return {
		seen,
		get: (id) => seen.get(id) ?? null,
		set: (id, seq) => void seen.set(id, seq)
	};
}

function open(memory: OverlayMemory, log: RoomEvent[] = []) {
	const server = socketFactory();
	const history = vi.fn((_id: string, after: number, until: number) =>
		Promise.resolve(log.filter(({ seq }) => seq !== null && seq > after && seq <= until))
	);
	const feed = new OverlayFeed('token', {
		socket: server.open,
		random: () => 0,
		memory,
		history,
		stage_ms: 1000
	});
	feed.start();
	server.latest.onopen?.();
	return { server, feed, history };
}

describe('OverlayFeed', () => {
	it('starts from the present and shows each gift once', async () => {
		const memory = remember();
		const { server, feed } = open(memory);
		server.latest.say({ op: 'snapshot', seq: 7, room: room({ recent: [gift(7)] }), wallet: null });
		await vi.advanceTimersByTimeAsync(0);
		expect(feed.queue.idle).toBe(true);
		expect(memory.seen.get('room-1')).toBe(7);
		server.latest.say({ op: 'frame', events: [gift(7), gift(8)] });
		expect(feed.queue.stage?.lastSeq).toBe(8);
		expect(feed.queue.waiting).toBe(0);
		expect(memory.seen.get('room-1')).toBe(8);
	});

	it('replays after a reload what was not shown', async () => {
		const memory = remember({ 'room-1': 5 });
		const { server, feed, history } = open(memory);
		const recent = [gift(5), gift(6), chat(7), gift(8, bo)];
		server.latest.say({ op: 'snapshot', seq: 8, room: room({ recent }), wallet: null });
		await vi.advanceTimersByTimeAsync(0);
		expect(history).not.toHaveBeenCalled();
		expect(feed.queue.stage?.lastSeq).toBe(6);
		expect(memory.seen.get('room-1')).toBe(6);
		await vi.advanceTimersByTimeAsync(1001);
		expect(memory.seen.get('room-1')).toBe(8);
	});

	it('reads the log when the snapshot does not reach back far enough', async () => {
		const log = [gift(2), gift(3, bo), gift(4)];
		const { server, feed, history } = open(remember({ 'room-1': 1 }), log);
		server.latest.say({ op: 'snapshot', seq: 4, room: room({ recent: [gift(4)] }), wallet: null });
		server.latest.say({ op: 'frame', events: [gift(5, bo)] });
		await vi.advanceTimersByTimeAsync(0);
		expect(history).toHaveBeenCalledWith('room-1', 1, 4);
		expect(feed.queue.stage?.lastSeq).toBe(2);
		expect(feed.queue.waiting).toBe(3);
	});

	it('goes on with what it has when the log cannot be read', async () => {
		const { server, feed, history } = open(remember({ 'room-1': 1 }));
		history.mockRejectedValueOnce(new Error('down'));
		server.latest.say({ op: 'snapshot', seq: 4, room: room({ recent: [gift(4)] }), wallet: null });
		server.latest.say({ op: 'frame', events: [gift(5, bo)] });
		await vi.advanceTimersByTimeAsync(0);
		expect(feed.queue.stage?.lastSeq).toBe(4);
		expect(feed.queue.waiting).toBe(1);
	});

	it('follows the creator into the next stream', async () => {
		const memory = remember();
		const { server, feed } = open(memory);
		server.latest.say({ op: 'snapshot', seq: 7, room: room(), wallet: null });
		server.latest.say({ op: 'stream', stream: null });
		expect(feed.waiting).toBe(true);
		server.latest.say({ op: 'snapshot', seq: 0, room: room({ id: 'room-2' }), wallet: null });
		server.latest.say({ op: 'frame', events: [gift(1)] });
		await vi.advanceTimersByTimeAsync(0);
		expect(feed.waiting).toBe(false);
		expect(feed.queue.stage?.lastSeq).toBe(1);
		expect(memory.seen.get('room-2')).toBe(1);
	});

	it('repeats nothing after a reconnect', async () => {
		const { server, feed } = open(remember());
		server.latest.say({ op: 'snapshot', seq: 7, room: room(), wallet: null });
		server.latest.say({ op: 'frame', events: [gift(8)] });
		await vi.advanceTimersByTimeAsync(1001);
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(2000);
		const recent = [gift(8), gift(9, bo)];
		server.latest.say({ op: 'snapshot', seq: 9, room: room({ recent }), wallet: null });
		await vi.advanceTimersByTimeAsync(0);
		expect(feed.queue.stage?.lastSeq).toBe(9);
		expect(feed.queue.waiting).toBe(0);
	});

	it('says so when the token is not known', () => {
		const { server, feed } = open(remember());
		server.latest.fail(4404);
		expect(feed.unknown).toBe(true);
	});
});

describe('storedMemory', () => {
	beforeEach(() => localStorage.clear());

	it('keeps the highest seq of the last rooms', () => {
		const memory = storedMemory(() => localStorage);
		for (let index = 0; index < 12; index++) memory.set(`room-${index}`, index + 1);
		memory.set('room-11', 3);
		const reloaded = storedMemory(() => localStorage);
		expect(reloaded.get('room-11')).toBe(12);
		expect(reloaded.get('room-0')).toBe(null);
	});

	it('works without storage and with rubbish in it', () => {
		localStorage.setItem('largesse.overlay.shown', '{"nonsense":[1]}');
		expect(storedMemory(() => localStorage).get('room-1')).toBe(null);
		const memory = storedMemory(() => {
			throw new Error('denied');
		});
		memory.set('room-1', 4);
		expect(memory.get('room-1')).toBe(4);
	});
});
