import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from './refusal';
import { REPEAT_MS, Streak, STREAK_WINDOW_MS } from './streak.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function make(send: (id: string) => Promise<unknown> = () => Promise.resolve()) {
	let ids = 0;
	const sent: string[] = [];
	const refused: unknown[] = [];
	let busy_ms = 0;
	const streak = new Streak({
		now: () => Date.now() + busy_ms,
		newId: () => `s${++ids}`,
		send: (id) => {
			sent.push(id);
			return send(id);
		},
		onrefused: (thrown) => refused.push(thrown)
	});
	return { streak, sent, refused, block: (ms: number) => (busy_ms += ms) };
}

describe('Streak', () => {
	it('repeats under one id while held', async () => {
		const { streak, sent } = make();
		streak.press();
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 3 + 10);
		streak.release();
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 4);
		expect(sent).toEqual(['s1', 's1', 's1', 's1']);
		expect(streak.beats).toBe(4);
	});

	it('gives once for one press on a page that was too busy to hear its end', async () => {
		const { streak, sent, block } = make();
		streak.press();
		block(300); // the finger went up meanwhile; the timer comes before the news of it
		await vi.advanceTimersByTimeAsync(REPEAT_MS);
		streak.release();
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 4);
		expect(sent).toEqual(['s1']);
	});

	it('goes on after a busy moment when it is still held', async () => {
		const { streak, sent, block } = make();
		streak.press();
		block(300);
		await vi.advanceTimersByTimeAsync(REPEAT_MS);
		expect(sent.length).toBe(1);
		block(300); // busy all the time: held that long it is meant
		await vi.advanceTimersByTimeAsync(100);
		expect(sent.length).toBe(2);
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 2);
		expect(sent.length).toBe(4);
	});

	it('goes on with a tap inside the window and starts anew after it', async () => {
		const { streak, sent } = make();
		streak.tap();
		await vi.advanceTimersByTimeAsync(STREAK_WINDOW_MS - 100);
		streak.tap();
		await vi.advanceTimersByTimeAsync(STREAK_WINDOW_MS - 100);
		expect(streak.beats).toBe(2);
		await vi.advanceTimersByTimeAsync(200);
		expect(streak.alive).toBe(false);
		streak.tap();
		expect(sent).toEqual(['s1', 's1', 's2']);
	});

	it('lets go when a beat is refused', async () => {
		const { streak, sent, refused } = make(() => Promise.reject(new Error('no coins')));
		streak.press();
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 5);
		expect(sent.length).toBe(1);
		expect(refused.length).toBe(1);
		expect(streak.held).toBe(false);
		expect(streak.beats).toBe(0);
	});

	it('does not pile up beats on a slow line', async () => {
		const { streak, sent } = make(() => new Promise(() => undefined));
		streak.press();
		await vi.advanceTimersByTimeAsync(REPEAT_MS * 20);
		expect(sent.length).toBe(4);
	});

	it('begins another streak when the server has closed this one', async () => {
		let closed = true;
		const { streak, sent, refused } = make(() =>
			closed ? Promise.reject(new Refusal('streak_ended', '')) : Promise.resolve()
		);
		streak.tap();
		closed = false;
		await vi.advanceTimersByTimeAsync(1);
		expect(sent).toEqual(['s1', 's2']);
		expect([streak.beats, refused]).toEqual([1, []]);
	});

	it('gives up when another streak is refused as well', async () => {
		const { streak, sent, refused } = make(() => Promise.reject(new Refusal('streak_ended', '')));
		streak.tap();
		await vi.advanceTimersByTimeAsync(1);
		expect(sent).toEqual(['s1', 's2']);
		expect(refused.length).toBe(1);
	});
});
