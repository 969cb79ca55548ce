import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer, SAY_EVERY_MS } from './announcer.svelte';
import { gift } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Announcer', () => {
	it('says the first gift at once and sums up the rest later', async () => {
		const announcer = new Announcer();
		announcer.push(gift(1));
		expect(announcer.text).toBe('Ada sent Rose.');
		announcer.push(gift(2, { count: 2, coins: 2 }));
		announcer.push(gift(3, { count: 3, coins: 3 }));
		announcer.push(gift(4, { sender: { id: 'bo', display_name: 'Bo' }, coins: 1 }));
		expect(announcer.text).toBe('Ada sent Rose.');
		await vi.advanceTimersByTimeAsync(SAY_EVERY_MS);
		expect(announcer.text).toBe('Ada sent 5 Rose and one more gift.');
		announcer.stop();
	});
});
