import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GiftQueue } from './gift-queue.svelte';
import { NOBODY_ID } from './protocol';
import { gift, total } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const from = (name: string) => ({ sender: { id: name, display_name: name } });

describe('GiftQueue', () => {
	it('keeps one gift on the stage and the rest waiting', async () => {
		const queue = new GiftQueue({ stage_ms: 1000 });
		queue.push(gift(1, { animation_kind: 'stage' }));
		queue.push(gift(2, { animation_kind: 'stage' }));
		expect(queue.stage?.lastSeq).toBe(1);
		expect(queue.waiting).toBe(1);
		await vi.advanceTimersByTimeAsync(1001);
		expect(queue.stage?.lastSeq).toBe(2);
		await vi.advanceTimersByTimeAsync(1001);
		expect(queue.idle).toBe(true);
	});

	it('gives a gift the stage for as long as the catalogue says', async () => {
		const queue = new GiftQueue({ stage_ms: 1000, lasts_ms: () => 3000 });
		queue.push(gift(1, { animation_kind: 'stage' }));
		await vi.advanceTimersByTimeAsync(2900);
		expect(queue.stage?.lastSeq).toBe(1);
		await vi.advanceTimersByTimeAsync(200);
		expect(queue.idle).toBe(true);
	});

	it('shows a handful of small gifts, also while the stage is taken', async () => {
		const queue = new GiftQueue({ smallMax: 2, small_ms: 1000 });
		queue.push(gift(1, { animation_kind: 'stage' }));
		for (const seq of [2, 3, 4]) queue.push(gift(seq, from(`p${seq}`)));
		expect(queue.small.map(({ lastSeq }) => lastSeq)).toEqual([2, 3]);
		await vi.advanceTimersByTimeAsync(1001);
		expect(queue.small.map(({ lastSeq }) => lastSeq)).toEqual([4]);
	});

	it('adds repeats up and keeps them on screen', async () => {
		const queue = new GiftQueue({ small_ms: 1000 });
		queue.push(gift(1, { count: 5 }));
		await vi.advanceTimersByTimeAsync(800);
		queue.push(gift(2, { count: 5 }));
		await vi.advanceTimersByTimeAsync(800);
		expect(queue.small).toMatchObject([{ count: 10, beats: 2, lastSeq: 2 }]);
		await vi.advanceTimersByTimeAsync(300);
		expect(queue.idle).toBe(true);
	});

	it('does not mix people, and adds up while waiting', () => {
		const queue = new GiftQueue({ smallMax: 1 });
		queue.push(gift(1));
		queue.push(gift(2, from('Bo')));
		queue.push(gift(3, from('Bo')));
		expect(queue.small).toMatchObject([{ count: 1 }]);
		expect(queue.waiting).toBe(1);
	});

	it('gives each stage gift its own show', () => {
		const queue = new GiftQueue();
		queue.push(gift(1, { animation_kind: 'stage' }));
		queue.push(gift(2, { animation_kind: 'stage' }));
		expect(queue.stage?.count).toBe(1);
		expect(queue.waiting).toBe(1);
	});

	it('bounds what waits, dropping small gifts before large ones', () => {
		const queue = new GiftQueue({ smallMax: 0, waitingMax: 2 });
		queue.push(gift(1, { animation_kind: 'stage' }));
		queue.push(gift(2, { animation_kind: 'stage' }));
		queue.push(gift(3, from('a')));
		queue.push(gift(4, { animation_kind: 'stage' }));
		expect(queue.waiting).toBe(2);
		queue.push(gift(5, from('b')));
		expect(queue.waiting).toBe(2);
	});

	it('shows everything in order on the overlay, and joins only streaks', async () => {
		const shown: number[] = [];
		const queue = new GiftQueue({
			oneAtATime: true,
			stage_ms: 1000,
			onshow: ({ lastSeq }) => shown.push(lastSeq)
		});
		queue.push(gift(1, { streak: 's' }));
		queue.push(gift(2, { streak: 's' }));
		expect(queue.stage?.count).toBe(2);
		queue.push(gift(3, from('Bo')));
		queue.push(gift(4, { streak: 's' }));
		queue.push(gift(5, { streak: 's' }));
		expect(queue.waiting).toBe(2);
		await vi.advanceTimersByTimeAsync(3100);
		expect(shown).toEqual([1, 2, 3, 5]);
		expect(queue.idle).toBe(true);
	});

	it('keeps two messages apart', () => {
		const queue = new GiftQueue();
		queue.push(gift(1, { message: 'hello' }));
		queue.push(gift(2, { message: 'again' }));
		expect(queue.small.map(({ message }) => message)).toEqual(['hello', 'again']);
	});

	it('counts a streak as the server does, and ends it with a flourish', async () => {
		const queue = new GiftQueue({ small_ms: 3000 });
		queue.push(gift(1, { streak: 'streak-1' }));
		queue.push(gift(2, { streak: 'streak-1' }));
		queue.push(gift(3, { streak: 'streak-2' }));
		expect(queue.small).toMatchObject([{ count: 2 }, { count: 1 }]);
		queue.total(total({ count: 30 }));
		expect(queue.small).toMatchObject([{ count: 30, final: false }, { count: 1 }]);
		queue.finish(total({ count: 31 }));
		expect(queue.small[0]).toMatchObject({ count: 31, final: true });
		await vi.advanceTimersByTimeAsync(2001);
		expect(queue.small).toMatchObject([{ streak: 'streak-2' }]);
	});

	it('never makes one of two who gave no name', () => {
		const queue = new GiftQueue();
		queue.push(gift(1, { sender: { id: NOBODY_ID, display_name: 'Anonymous' } }));
		queue.push(gift(2, { sender: { id: NOBODY_ID, display_name: 'Anonymous' } }));
		expect(queue.small.length).toBe(2);
	});
});
