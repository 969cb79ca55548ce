import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const KEY = 'largesse-device';
const FORM = /^[A-Za-z0-9_-]{8,100}$/;

/** The module as a page that was just opened has it. */
async function opened() {
	vi.resetModules();
	return await import('./device');
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe('the id of a device', () => {
	it('is random, fits the header and is kept for the next page', async () => {
		const first = (await opened()).deviceId();
		expect(first).toMatch(FORM);
		expect(localStorage.getItem(KEY)).toBe(first);
		expect((await opened()).deviceId()).toBe(first);
		localStorage.clear();
		expect((await opened()).deviceId()).not.toBe(first);
	});

	it.each(['', 'short', 'with space in it', 'x'.repeat(101), 'ümläuts-ümläuts'])(
		'is made anew where something unusable was kept: %j',
		async (kept) => {
			localStorage.setItem(KEY, kept);
			const { deviceId } = await opened();
			expect(deviceId()).toMatch(FORM);
			expect(localStorage.getItem(KEY)).toBe(deviceId());
		}
	);

	it.each([
		['cannot be read', { getItem: () => refuse(), setItem: () => refuse() }],
		['takes nothing', { getItem: () => null, setItem: () => refuse() }],
		['is not there', undefined]
	])('lasts as long as the page where storage %s', async (_, storage) => {
		vi.stubGlobal('localStorage', storage);
		const { deviceId } = await opened();
		expect(deviceId()).toMatch(FORM);
		expect(deviceId()).toBe(deviceId());
	});
});

function refuse(): never {
	throw new DOMException('denied', 'SecurityError');
}
