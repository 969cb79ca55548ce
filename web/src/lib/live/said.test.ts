import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contrast, textOn } from './colours';
import { countCharacters, countEmoji } from './counting';
import { ServerClock } from './server-clock';
import { inWords, minutes } from './time-left';
import { Turns } from './turns.svelte';

describe('counting', () => {
	it.each([
		['hello', 5, 0],
		['👩‍👩‍👧‍👦', 1, 1],
		['🇩🇪🇫🇷', 2, 2],
		['1️⃣', 1, 1],
		['❤', 1, 0],
		['❤️', 1, 1],
		['é', 1, 0],
		[`a${'\u0301'.repeat(23)}`, 2, 0],
		['👍🏽 ok', 4, 1]
	])('%s has %i characters and %i emoji', (text, characters, emoji) => {
		expect([countCharacters(text), countEmoji(text)]).toEqual([characters, emoji]);
	});
});

it('chooses letters that can be read on any colour', () => {
	for (const ground of ['#49079B', '#00508E', '#176200', '#9A3E00', '#8B0503', '#252C36'])
		expect(contrast(ground, textOn(ground))).toBeGreaterThanOrEqual(4.5);
	for (const ground of ['#ffffff', '#f2b84b', '#7fd6e8', '#808080', '#777777', '#ff0000'])
		expect(contrast(ground, textOn(ground))).toBeGreaterThanOrEqual(4.5);
	expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});

describe('the server’s clock', () => {
	it('follows the events, whatever the device’s clock says or does', () => {
		let steady_ms = 1000;
		let device_ms = Date.parse('2001-01-01T00:00:00Z');
		const clock = new ServerClock(
			() => steady_ms,
			() => device_ms
		);
		clock.hear('2026-01-02T03:00:00Z');
		steady_ms += 10_000;
		device_ms += 86_400_000;
		expect(clock.left_ms('2026-01-02T03:00:25Z')).toBe(15_000);
		// This one took five seconds to arrive: the earlier one knew better.
		clock.hear('2026-01-02T03:00:05Z');
		expect(clock.left_ms('2026-01-02T03:00:25Z')).toBe(15_000);
		clock.hear('2026-01-02T03:00:12Z');
		expect(clock.left_ms('2026-01-02T03:00:25Z')).toBe(13_000);
		clock.hear('nonsense');
		expect(clock.left_ms('2026-01-02T03:00:00Z')).toBe(0);
	});
});

it('says lengths of time', () => {
	expect([minutes(95_000), minutes(6_100), minutes(0)]).toEqual(['1:35', '0:07', '0:00']);
	expect([60, 120, 45, 3600, 90].map(inWords)).toEqual([
		'1 minute',
		'2 minutes',
		'45 seconds',
		'1 hour',
		'90 seconds'
	]);
});

describe('turns', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('shows one after the other, rests between, and leaves out what is too much', async () => {
		const turns = new Turns<string>({ stay_ms: 100, waitingMax: 2, rest_ms: 50 });
		for (const item of ['a', 'b', 'c', 'd']) turns.push(item);
		const seen: (string | null)[] = [turns.now];
		for (let step = 0; step < 5; step++) {
			await vi.advanceTimersByTimeAsync(step % 2 ? 50 : 100);
			seen.push(turns.now);
		}
		expect(seen).toEqual(['a', null, 'b', null, 'c', null]);
	});
});
