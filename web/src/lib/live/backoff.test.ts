import { expect, it } from 'vitest';
import { backoffMs } from './backoff';

it('doubles, with a random half, up to a bound', () => {
	expect(backoffMs(0, () => 0)).toBe(250);
	expect(backoffMs(0, () => 1)).toBe(500);
	expect(backoffMs(3, () => 1)).toBe(4000);
	expect(backoffMs(50, () => 1)).toBe(20_000);
	expect(backoffMs(50, () => 0)).toBe(10_000);
});
