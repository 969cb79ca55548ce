import { afterEach, expect, it, vi } from 'vitest';
import { Problem } from '$lib/api';
import { parseBudget } from './budget';
import { guessCountry } from './country';
import { fieldErrors, joinErrors, waitText } from './errors';
import { ownPath, signInTo } from './next';
import { Pages } from './pages.svelte';
import { Studio } from './studio.svelte';

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

it('shows the list that was asked for last, whichever comes last', async () => {
	const answers: ((items: number[]) => void)[] = [];
	const pages = new Pages<number>(
		() => new Promise((resolve) => answers.push((items) => resolve({ items, next_cursor: null })))
	);
	const [earlier, later] = [pages.load(), pages.load()];
	answers[1]?.([1, 2]);
	await later;
	answers[0]?.([1]);
	await earlier;
	expect(pages.items).toEqual([1, 2]);
	expect(pages.status).toBe('ready');
});

it('does not show a stream again that was ended while the studio was fetched', async () => {
	let fetched = () => {};
	const wait = new Promise<void>((resolve) => (fetched = resolve));
	const live = { id: 's', state: 'live' };
	vi.stubGlobal('fetch', async (request: Request) => {
		if (request.method === 'POST') return new Response(null, { status: 204 });
		const body = request.url.includes('streams') ? { items: [live] } : { range: request.url };
		if (request.url.includes('days=7')) await wait;
		return Response.json(body);
	});
	const studio = new Studio('me');
	await studio.load(30);
	expect(studio.live).toEqual(live);
	const loading = studio.load(7);
	expect(await studio.endStream()).toBe(true);
	fetched();
	await loading;
	expect(studio.live).toBeNull();
	expect(studio.earnings).toMatchObject({ range: expect.stringContaining('days=7') });
});

afterEach(() => vi.unstubAllGlobals());

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

it.each([
	['/live/a?b=c#d', '/live/a?b=c#d'],
	['//evil.example', '/'],
	['/\\evil.example', '/'],
	['https://evil.example', '/'],
	['', '/'],
	[null, '/']
])('after signing in %j leads to %j', (asked, path) => {
	expect(ownPath(asked)).toBe(path);
});

it('keeps where one was over signing in', () => {
	const way = new URL(signInTo('/recharge?next=/live/a'), 'http://here');
	expect(way.searchParams.get('next')).toBe('/recharge?next=/live/a');
});

it('guesses the country from the languages of the browser', () => {
	const countries = [{ code: 'DE' }, { code: 'US' }];
	expect(guessCountry(countries, ['en', 'de-DE', 'en-US'])).toBe('DE');
	expect(guessCountry(countries, ['fr-FR', 'not a language'])).toBe('US');
	expect(guessCountry([], ['de-DE'])).toBe('US');
});

it('says what a form to join lacks', () => {
	const form = { email: ' ', password: '1234567', display_name: '', birth_date: '' };
	expect(Object.keys(joinErrors(form))).toEqual([
		'email',
		'password',
		'display_name',
		'birth_date'
	]);
	const good = {
		email: 'a@b.c',
		password: '12345678',
		display_name: 'A',
		birth_date: '1990-01-01'
	};
	expect(joinErrors(good)).toEqual({});
});

it('puts a refusal beside the field that it is about', () => {
	const taken = new Problem(409, { code: 'email_taken', detail: 'Taken.' });
	expect(fieldErrors(taken)).toEqual({ email: 'Taken.' });
	const many = new Problem(422, { errors: [{ field: 'password', message: 'Too short' }] });
	expect(fieldErrors(many)).toEqual({ password: 'Too short' });
	expect(fieldErrors(new Problem(401, { code: 'wrong_credentials' }))).toEqual({});
});

it.each([
	[30, 'in less than a minute'],
	[60, 'in 1 minute'],
	[549, 'in 10 minutes']
])('says a wait of %i seconds as %j', (seconds, text) => {
	expect(waitText(seconds)).toBe(text);
});
