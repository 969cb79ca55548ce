import { expect, it } from 'vitest';
import { shortDate } from './dates';

it('names the year where it is another', () => {
	const now = new Date('2026-06-15T12:00:00Z').getTime();
	expect(shortDate('2026-03-02T12:00:00Z', now, 'en')).toBe('Mar 2');
	expect(shortDate('2025-12-30T12:00:00Z', now, 'en')).toBe('Dec 30, 2025');
});
