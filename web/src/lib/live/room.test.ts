import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveRoom, type LiveRoomOptions } from './room.svelte';
import { AT, chat, gift, goal, moderation, paid, room, socketFactory, total } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function enter(more: LiveRoomOptions = {}) {
	const server = socketFactory();
	const live = new LiveRoom('room-1', {
		socket: server.open,
		random: () => 0,
		paint: (draw) => draw(),
		...more
	});
	live.start();
	return { server, live };
}

function join(server: ReturnType<typeof socketFactory>, seq = 10, recent = [chat(seq)]) {
	server.latest.onopen?.();
	server.latest.say({ op: 'snapshot', seq, room: room({ recent }), wallet: null });
}

describe('LiveRoom', () => {
	it('joins, shows the snapshot and then what happens', () => {
		const heard: (number | null)[] = [];
		const { server, live } = enter({ onevent: ({ seq }) => heard.push(seq) });
		expect(live.status).toBe('connecting');
		join(server);
		expect(live.status).toBe('online');
		expect(live.board?.title).toBe('Evening songs');
		server.latest.say({ op: 'frame', events: [chat(10), gift(11)] });
		expect(live.lines.map(({ seq }) => seq)).toEqual([10, 11]);
		expect(heard).toEqual([11]);
	});

	it('keeps the figures that are not in the log', () => {
		const { server, live } = enter();
		join(server);
		const at = '2026-01-02T03:04:05Z';
		const items = [{ rank: 1, user: { id: 'ada', display_name: 'Ada' }, coins: 50 }];
		server.latest.say({
			op: 'frame',
			events: [
				{ type: 'viewer_count', seq: null, at, count: 41 },
				{ type: 'supporters', seq: null, at, items }
			]
		});
		expect(live.board?.viewers).toBe(41);
		expect(live.board?.supporters).toEqual(items);
	});

	it('draws what came together in the order in which it came', () => {
		let draw = () => {};
		const heard: string[] = [];
		const { server, live } = enter({
			paint: (later) => void (draw = later),
			onevent: ({ type }) => heard.push(type)
		});
		join(server, 10, []);
		const full = goal({ parts: [{ id: 'part-1', gift: null, target: 100, progress: 100 }] });
		const reached = { ...full, state: 'reached' as const };
		server.latest.say({ op: 'frame', events: [gift(11)] });
		server.latest.say({
			op: 'frame',
			events: [
				{ type: 'goal_progress', seq: null, at: AT, goal: full },
				{ type: 'streak', seq: null, at: AT, total: total() }
			]
		});
		const end = { type: 'streak_end', seq: 13, at: AT, total: total() } as const;
		server.latest.say({
			op: 'frame',
			events: [{ type: 'goal', seq: 12, at: AT, goal: reached }, end]
		});
		draw();
		expect(live.board?.goals).toEqual([reached]);
		expect(live.board?.streaks).toEqual([]);
		expect(heard).toEqual(['gift', 'goal_progress', 'streak', 'goal', 'streak_end']);
	});

	it('bounds the feed', () => {
		const { server, live } = enter();
		join(server);
		const events = Array.from({ length: 500 }, (_, index) => chat(11 + index));
		server.latest.say({ op: 'frame', events });
		expect(live.lines.length).toBe(80);
		expect(live.lines.at(-1)?.seq).toBe(510);
	});

	it('comes back after the last event it saw', async () => {
		const { server, live } = enter();
		join(server);
		server.latest.say({ op: 'frame', events: [chat(11)] });
		server.latest.fail();
		expect(live.joined).toBe(false);
		await vi.advanceTimersByTimeAsync(20_000);
		expect(server.sockets.length).toBe(2);
		server.latest.onopen?.();
		expect(server.latest.sentOf('join')[0]?.after).toBe(11);
		server.latest.say({ op: 'snapshot', seq: 13, room: room(), wallet: null });
		server.latest.say({ op: 'frame', events: [chat(12), chat(13)] });
		expect(live.lines.map(({ seq }) => seq)).toEqual([10, 11, 12, 13]);
	});

	it('asks again when an event stays missing', async () => {
		const { server, live } = enter();
		join(server);
		server.latest.say({ op: 'frame', events: [chat(12)] });
		expect(live.lines.length).toBe(1);
		await vi.advanceTimersByTimeAsync(2000);
		expect(server.sockets.length).toBe(2);
		server.latest.onopen?.();
		expect(server.latest.sentOf('join')[0]?.after).toBe(10);
	});

	it('does not reconnect when the hole is filled in time', async () => {
		const { server, live } = enter();
		join(server);
		server.latest.say({ op: 'frame', events: [chat(12)] });
		server.latest.say({ op: 'frame', events: [chat(11)] });
		await vi.advanceTimersByTimeAsync(5000);
		expect(server.sockets.length).toBe(1);
		expect(live.lines.at(-1)?.seq).toBe(12);
	});

	it('resolves a gift on its ack and passes the wallet on', async () => {
		const wallets: number[] = [];
		const { server, live } = enter({ onwallet: ({ coins_total }) => wallets.push(coins_total) });
		join(server);
		const answer = live.sendGift({ id: 'a', gift: 'rose', count: 5 });
		expect(server.latest.sentOf('gift')).toEqual([
			{ op: 'gift', anonymous: false, id: 'a', gift: 'rose', count: 5 }
		]);
		const budget = {
			monthly_coins: null,
			spent_coins: 5,
			remaining_coins: null,
			resets_at: '2026-02-01T00:00:00Z',
			next: null
		};
		const wallet = {
			coins_paid: 95,
			coins_bonus: 0,
			coins_total: 95,
			coins_owed: 0,
			frozen: false,
			budget
		};
		server.latest.say({ op: 'ack', id: 'a', seq: 11, coins: 5, milli_diamonds: 2500, wallet });
		await expect(answer).resolves.toMatchObject({ coins: 5 });
		expect(wallets).toEqual([95]);
		expect(live.unanswered).toBe(0);
	});

	it('rejects a refused gift with the code and the figures', async () => {
		const { server, live } = enter();
		join(server);
		const answer = live.sendGift({ id: 'a', gift: 'rose', count: 5 });
		server.latest.say({
			op: 'error',
			id: 'a',
			code: 'insufficient_coins',
			detail: 'Not enough coins.',
			needed: 5,
			available: 2
		});
		await expect(answer).rejects.toMatchObject({
			code: 'insufficient_coins',
			figures: { needed: 5, available: 2 }
		});
	});

	it('asks about an unanswered gift again, under the same id', async () => {
		const { server, live } = enter();
		join(server);
		const answer = live.sendGift({ id: 'a', gift: 'rose', count: 5 });
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(20_000);
		join(server);
		expect(server.latest.sentOf('gift')).toEqual([
			{ op: 'gift', anonymous: false, id: 'a', gift: 'rose', count: 5 }
		]);
		server.latest.say({ op: 'ack', id: 'a', seq: 12 });
		await expect(answer).resolves.toMatchObject({ seq: 12 });
	});

	it('gives up a gift that never left, and says so', async () => {
		const { live } = enter();
		const answer = live.sendGift({ id: 'a', gift: 'rose', count: 5 });
		const refused = expect(answer).rejects.toMatchObject({ code: 'network' });
		await vi.advanceTimersByTimeAsync(16_000);
		await refused;
		expect(live.unanswered).toBe(0);
	});

	it('never calls a gift that left uncharged', async () => {
		const { server, live } = enter();
		join(server);
		const answer = live.sendGift({ id: 'a', gift: 'rose', count: 5 });
		const refused = expect(answer).rejects.toMatchObject({ code: 'unanswered' });
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(61_000);
		await refused;
	});

	it('stops trying when the room does not exist', async () => {
		const { server, live } = enter();
		server.latest.fail(4404);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(server.sockets.length).toBe(1);
		expect(live.refused).toBe('not_found');
	});

	it('notices a line that has gone silent', async () => {
		const { server } = enter();
		join(server);
		await vi.advanceTimersByTimeAsync(20_000);
		expect(server.latest.sentOf('ping').length).toBe(1);
		server.latest.say({ op: 'pong' });
		await vi.advanceTimersByTimeAsync(19_000);
		expect(server.sockets.length).toBe(1);
		await vi.advanceTimersByTimeAsync(15_000);
		expect(server.sockets.length).toBe(2);
	});

	it('says that a private room is private, and does not come back', async () => {
		const { server, live } = enter();
		server.latest.fail(4403);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(server.sockets.length).toBe(1);
		expect(live.refused).toBe('private');
	});

	it('takes the lines of what was missed from the replay, and all else from the snapshot', async () => {
		const { server, live } = enter();
		join(server);
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(20_000);
		server.latest.onopen?.();
		const pinned = [paid(12)];
		server.latest.say({ op: 'snapshot', seq: 12, room: room({ pinned }), wallet: null });
		server.latest.say({
			op: 'frame',
			events: [moderation(11, 'remove', { target_seq: 10 }), paid(12)]
		});
		expect(live.board?.pinned).toEqual(pinned);
		expect(live.lines).toMatchObject([{ seq: 10, text: null }, { seq: 12 }]);
	});

	it('starts its lines afresh when more was missed than is replayed', async () => {
		const { server, live } = enter();
		join(server);
		server.latest.fail();
		await vi.advanceTimersByTimeAsync(20_000);
		join(server, 5000);
		server.latest.say({ op: 'frame', events: [chat(4999), chat(5000), chat(5001)] });
		expect(live.lines.map(({ seq }) => seq)).toEqual([5000, 5001]);
	});

	it('draws what comes between two paints at once', () => {
		const draws: (() => void)[] = [];
		const { server, live } = enter({ paint: (draw) => draws.push(draw) });
		join(server);
		server.latest.say({ op: 'frame', events: [chat(11)] });
		server.latest.say({ op: 'frame', events: [chat(12)] });
		expect(live.lines.length).toBe(1);
		expect(draws.length).toBe(1);
		draws[0]?.();
		expect(live.lines.map(({ seq }) => seq)).toEqual([10, 11, 12]);
	});

	it('tells that the stream ended', () => {
		const { server, live } = enter();
		join(server);
		server.latest.say({
			op: 'frame',
			events: [{ type: 'stream_end', seq: 11, at: '2026-01-02T03:04:05Z' }]
		});
		expect(live.ended).toBe(true);
	});

	it('survives frames it does not know', () => {
		const { server, live } = enter();
		join(server);
		server.latest.onmessage?.({ data: '{"op":"fanfare"}' });
		server.latest.onmessage?.({ data: 'not json' });
		server.latest.onmessage?.({ data: new ArrayBuffer(4) });
		expect(live.status).toBe('online');
	});
});
