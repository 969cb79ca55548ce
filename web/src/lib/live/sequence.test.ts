import { describe, expect, it } from 'vitest';
import { Sequence } from './sequence';
import { chat } from './testing';

const seqs = (events: { seq: number }[]) => events.map(({ seq }) => seq);

describe('Sequence', () => {
	it('hands on each event once, in order', () => {
		const sequence = new Sequence();
		sequence.reset(10, null);
		expect(seqs(sequence.take([chat(9), chat(11)]))).toEqual([11]);
		expect(seqs(sequence.take([chat(11), chat(12)]))).toEqual([12]);
		expect(sequence.last).toBe(12);
	});

	it('holds later events back until the missing one comes', () => {
		const sequence = new Sequence();
		sequence.reset(10, null);
		expect(sequence.take([chat(12)])).toEqual([]);
		expect(sequence.gap).toBe(true);
		expect(seqs(sequence.take([chat(11)]))).toEqual([11, 12]);
		expect(sequence.gap).toBe(false);
	});

	it('takes the holes of a long replay as they come', () => {
		const sequence = new Sequence();
		sequence.reset(2000, 3);
		expect(seqs(sequence.take([chat(1001), chat(1002)]))).toEqual([1001, 1002]);
		expect(sequence.isReplay(1002)).toBe(true);
		expect(sequence.gap).toBe(false);
		expect(seqs(sequence.take([chat(2000), chat(2002)]))).toEqual([2000]);
		expect(sequence.gap).toBe(true);
	});

	it('forgets what it held when it starts again', () => {
		const sequence = new Sequence();
		sequence.reset(10, null);
		sequence.take([chat(13)]);
		sequence.reset(20, 10);
		expect(sequence.gap).toBe(false);
		expect(sequence.last).toBe(10);
	});
});
