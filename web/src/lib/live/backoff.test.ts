import { expect, it } from 'vitest';
import { backoffMs } from './backoff';

it('waits for anything up to a bound that doubles', () => {
	expect(backoffMs(0, () => 0)).toBe(100);
	expect(backoffMs(0, () => 1)).toBe(1000);
	expect(backoffMs(3, () => 1)).toBe(8000);
	expect(backoffMs(50, () => 1)).toBe(20_000);
	expect(backoffMs(50, () => 0)).toBe(100);
});

it('spreads a room full of viewers evenly', () => {
	const viewers = 10_000;
	const waits = Array.from({ length: viewers }, (_, n) => backoffMs(1, () => (n + 0.5) / viewers));
	for (let tenth = 0; tenth < 10; tenth++) {
		const from = 100 + tenth * 190;
		const here = waits.filter((wait) => wait >= from && wait < from + 190).length;
		expect(here / viewers).toBeCloseTo(0.1, 1);
	}
});
