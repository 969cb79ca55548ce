import { expect, it } from 'vitest';
import { parseBudget } from './budget';
import { Pages } from './pages.svelte';

it.each([
	['', null],
	['  ', null],
	['0', 0],
	['1,000', 1000],
	['1 000 000', 1_000_000],
	['-5', undefined],
	['ten', undefined],
	['9999999999', undefined],
	[',', undefined]
])('reads the budget %j as %j', (text, coins) => {
	expect(parseBudget(text)).toBe(coins);
});

it('fetches page after page and stops at the end', async () => {
	const pages = new Pages(async (cursor: string | undefined) =>
		cursor ? { items: [3], next_cursor: null } : { items: [1, 2], next_cursor: 'b' }
	);
	await pages.load();
	expect(pages.items).toEqual([1, 2]);
	await pages.more();
	await pages.more();
	expect(pages.items).toEqual([1, 2, 3]);
	expect(pages.hasMore).toBe(false);
});

it('keeps what it has when a page fails', async () => {
	let fail = false;
	const pages = new Pages(async () => {
		if (fail) throw new TypeError('offline');
		return { items: [1], next_cursor: 'more' };
	});
	await pages.load();
	fail = true;
	await pages.more();
	expect(pages.items).toEqual([1]);
	expect(pages.problem?.code).toBe('network');
});
