import { correctClock, Problem } from '$lib/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Catalogue, shelves, type GiftType } from './catalogue.svelte';
import { GiftDesk, type GiftRequest } from './gift-desk.svelte';
import { Refusal } from './refusal';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function type(slug: string, coins: number, kind: GiftType['animation']['kind'] = 'hop'): GiftType {
	const animation = { kind, duration_ms: 900, art_url: `/art/gifts/${slug}.svg` };
	return {
		id: slug,
		version: 3,
		slug,
		name: slug,
		coins,
		streakable: coins < 100,
		alt: slug,
		animation
	};
}

function make(coins: number | null, give: (request: GiftRequest) => Promise<unknown>) {
	const catalogue = new Catalogue();
	catalogue.gifts = [type('rose', 1), type('galaxy', 1000, 'stage')];
	catalogue.shareBp = 5000;
	const reload = vi.spyOn(catalogue, 'load').mockResolvedValue();
	const sent = vi.fn(give);
	const desk = new GiftDesk({ give: sent, catalogue, coins: () => coins });
	return { desk, sent, catalogue, reload };
}

const accept = () => Promise.resolve({});

describe('GiftDesk', () => {
	it('sends what was chosen, at the version that was seen, each time under a new id', async () => {
		const { desk, sent } = make(100, accept);
		desk.chooseCount(5);
		desk.message = '  bravo ';
		await desk.send();
		await desk.send();
		expect(sent.mock.calls[0]?.[0]).toMatchObject({
			gift: 'rose',
			version: 3,
			count: 5,
			message: 'bravo'
		});
		expect(sent.mock.calls[1]?.[0]).not.toHaveProperty('message');
		expect(sent.mock.calls[0]?.[0].id).not.toBe(sent.mock.calls[1]?.[0].id);
	});

	it('sends once however often the button is pressed while it waits', async () => {
		let answer = () => {};
		const { desk, sent } = make(100, () => new Promise<void>((done) => (answer = done)));
		const first = desk.send();
		await desk.send();
		answer();
		await first;
		expect(sent).toHaveBeenCalledTimes(1);
	});

	it('keeps words that are typed while a gift with others is on its way', async () => {
		let answer = () => {};
		const { desk } = make(100, () => new Promise<void>((done) => (answer = done)));
		desk.message = 'bravo';
		const sent = desk.send();
		desk.message = 'bravo once more';
		answer();
		await sent;
		expect(desk.message).toBe('once more');
	});

	it('opens the top-up instead of sending what cannot be paid, and keeps the choice', async () => {
		const { desk, sent } = make(300, accept);
		desk.choose('galaxy');
		await desk.send();
		expect(sent).not.toHaveBeenCalled();
		expect(desk.topUp).toBe(true);
		expect(desk.short).toBe(700);
		expect(desk.gift?.slug).toBe('galaxy');
		desk.press();
		expect(sent).not.toHaveBeenCalled();
	});

	it('says what happened and that nothing was charged', async () => {
		const { desk } = make(100, () =>
			Promise.reject(new Problem(403, { code: 'underage', detail: 'You must be 18 in Austria.' }))
		);
		await desk.send();
		expect(desk.problem).toMatchObject({ text: 'You must be 18 in Austria.', charged: false });
		desk.choose('galaxy');
		expect(desk.problem).toBe(null);
	});

	it('does not promise that nothing was charged when no answer came', async () => {
		const { desk } = make(100, () => Promise.reject(new Refusal('unanswered', '')));
		await desk.send();
		expect(desk.problem).toMatchObject({ charged: null, next: 'wallet' });
	});

	it('reads the prices again when one has changed', async () => {
		const { desk, reload } = make(100, () =>
			Promise.reject(new Refusal('gift_changed', '', { version: 4, coins: 2 }))
		);
		await desk.send();
		expect(reload).toHaveBeenCalledWith(true);
		expect(desk.problem?.text).toContain('2 coins');
	});

	it('sends once more under an id of the right time when the clock of the device is wrong', async () => {
		const serverTime = new Date(Date.now() + 30 * 24 * 3600_000).toISOString();
		const outOfTime = new Refusal('gift_id_out_of_time', '', { server_time: serverTime });
		const madeAt = (id = '') => parseInt(id.replaceAll('-', '').slice(0, 12), 16);
		let refusals = 1;
		const { desk, sent } = make(100, () =>
			refusals-- > 0 ? Promise.reject(outOfTime) : Promise.resolve({})
		);
		desk.chooseCount(5);
		await desk.send();
		expect(desk.problem).toBe(null);
		const [first, second] = sent.mock.calls.map(([request]) => request);
		expect(second).toMatchObject({ gift: 'rose', count: 5 });
		expect(Math.abs(madeAt(first?.id) - Date.parse(serverTime))).toBeGreaterThan(3600_000);
		expect(Math.abs(madeAt(second?.id) - Date.parse(serverTime))).toBeLessThan(60_000);
		refusals = 9;
		await desk.send();
		expect(sent).toHaveBeenCalledTimes(4);
		expect(desk.problem).toMatchObject({ charged: false, title: 'Your clock is wrong' });
		correctClock(new Date().toISOString());
	});

	it('offers and sends only what the place accepts', async () => {
		const { catalogue, sent } = make(5000, accept);
		const range = () => ({ min: 5, max: 1500 });
		const desk = new GiftDesk({ give: sent, catalogue, coins: () => 5000, range });
		expect(desk.gifts.map(({ slug }) => slug)).toEqual(['galaxy']);
		desk.chooseCount(5);
		await desk.send();
		expect(desk.outOfRange).toBe(true);
		expect(sent).not.toHaveBeenCalled();
		desk.chooseCount(1);
		await desk.send();
		expect(sent).toHaveBeenCalledTimes(1);
	});

	it('puts a streak under one id and ends it with the choice', async () => {
		const { desk, sent } = make(100, accept);
		desk.press();
		await vi.advanceTimersByTimeAsync(600);
		const ids = new Set(sent.mock.calls.map(([request]) => request.streak));
		expect(sent.mock.calls.length).toBeGreaterThan(1);
		expect(ids.size).toBe(1);
		desk.choose('galaxy');
		const before = sent.mock.calls.length;
		await vi.advanceTimersByTimeAsync(600);
		expect(sent.mock.calls.length).toBe(before);
		expect(desk.streak.alive).toBe(false);
	});
});

describe('the catalogue', () => {
	it('stands on shelves by price, without empty ones', () => {
		const list = shelves([type('b', 99), type('a', 1), type('c', 1000)]);
		expect(list.map(({ gifts }) => gifts.map(({ slug }) => slug))).toEqual([['a', 'b'], ['c']]);
	});

	it('knows the creator’s part to the thousandth, and says nothing while it does not', () => {
		const catalogue = new Catalogue();
		expect(catalogue.milliDiamonds(5)).toBe(null);
		catalogue.shareBp = 5000;
		expect(catalogue.milliDiamonds(5)).toBe(2500);
		catalogue.shareBp = 3333;
		expect(catalogue.milliDiamonds(1)).toBe(333);
	});
});
