import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem, type Order } from '$lib/api';
import { afterwards, nothingSold, rightCountry } from './buyer';
import { conditions, endText, isAutomatic } from './claims.svelte';
import { codeReason, dependsOnChoice, isAboutCode } from './code-text';
import { nearest, readCoins } from './custom';
import { limitNote } from './limits';
import { methodOf, payableHere } from './methods';
import { Purchase } from './purchase.svelte';
import { DEBOUNCE_MS, Quotes } from './quotes.svelte';
import { isWorse } from './till.svelte';
import type { Limits, Promotion, Quote, Wish } from './types';

const RULE = { coins_min: 75, coins_max: 50_000, coins_step: 10 };

describe('an amount of one’s own', () => {
	it('is read as people write it', () => {
		for (const text of ['1230', ' 1,230 ', '1.230', '1 230', "1'230"]) {
			expect(readCoins(text, RULE)).toEqual({ coins: 1230 });
		}
	});
	it('is refused with what is sold', () => {
		for (const text of ['70', '1231', '50010', '-80', 'many', '99999999999']) {
			const amount = readCoins(text, RULE);
			expect(amount.coins).toBeNull();
			expect(amount.error).toContain('in steps of 10');
		}
	});
	it('is nothing to complain about while the field is empty', () => {
		expect(readCoins('  ', RULE)).toEqual({ coins: null });
	});
	it('begins at what was chosen before, as far as that is sold', () => {
		expect(nearest(354, RULE)).toBe(350);
		expect(nearest(1, RULE)).toBe(80);
		expect(nearest(1_000_000, RULE)).toBe(50_000);
	});
});

function refusal(code: string, more: object = {}): Problem {
	return new Problem(422, { code, title: 'Refused', detail: 'The server’s words.', ...more });
}

describe('a refused code', () => {
	it('is told from a refused purchase', () => {
		expect(isAboutCode(refusal('promotion_unknown'))).toBe(true);
		expect(isAboutCode(refusal('too_many_codes'))).toBe(true);
		expect(isAboutCode(refusal('country_not_yours'))).toBe(false);
		const long = [{ field: 'code', message: 'Too long' }];
		expect(isAboutCode(refusal('validation_failed', { errors: long }))).toBe(true);
		expect(isAboutCode(refusal('validation_failed'))).toBe(false);
	});
	it('says what would help', () => {
		const small = refusal('promotion_not_for_you', { reason: 'amount', coins_min: 1400 });
		expect(codeReason(small)).toContain('1,400 coins or more');
		expect(codeReason(refusal('too_many_codes', { retry_after_s: 130 }))).toContain('3 minutes');
		expect(codeReason(refusal('promotion_ended'))).toBe('The server’s words.');
	});
	it('may be good with another choice only where the choice is the reason', () => {
		expect(dependsOnChoice(refusal('promotion_not_for_you', { reason: 'amount' }))).toBe(true);
		expect(dependsOnChoice(refusal('promotion_not_for_you', { reason: 'channel' }))).toBe(false);
		expect(dependsOnChoice(refusal('promotion_unknown'))).toBe(false);
	});
});

function limits(left: number, more: Partial<Limits['items'][number]> = {}): Limits {
	const item = {
		name: 'person_day',
		measure: 'coins' as const,
		amount: 20_000,
		used: 20_000 - left,
		left,
		window_s: 86_400,
		more_at: null,
		resets_at: null,
		text: 'You can buy up to 20,000 coins within 24 hours.',
		...more
	};
	return {
		coins_left: item.measure === 'coins' ? left : null,
		resets_at: '2026-01-02T03:04:05Z',
		account_new_until: null,
		text: '',
		items: [item]
	};
}

describe('limits', () => {
	it('are not spoken of while they are far away', () => {
		expect(limitNote(null, 350)).toBeNull();
		expect(limitNote(limits(19_000), 350)).toBeNull();
	});
	it('are named when little is left', () => {
		expect(limitNote(limits(2_000), 350)).toMatchObject({ over: false });
		expect(limitNote(limits(2_000), 350)?.title).toContain('2,000 more coins');
	});
	it('stop what is beyond them, and say from when on it fits', () => {
		const note = limitNote(limits(17_000), 17_500);
		expect(note?.over).toBe(true);
		expect(note?.text).toContain('free again from');
		expect(limitNote(limits(0), null)?.title).toContain('No more coins');
	});
	it('count orders too', () => {
		const orders = { measure: 'orders' as const, amount: 30 };
		expect(limitNote(limits(0, orders), 70)?.over).toBe(true);
		expect(limitNote(limits(1, orders), 70)).toMatchObject({
			over: false,
			title: 'One more order for now'
		});
		expect(limitNote(limits(9, orders), 70)).toBeNull();
	});
});

it('lists only whom a browser can pay, and names every way', () => {
	const way = (name: string, channel: string) => ({ name, label: name, channel, methods: [] });
	const ways = [way('app_store', 'app_store'), way('stripe', 'web')];
	expect(payableHere(ways).map((each) => each.name)).toEqual(['stripe']);
	expect(methodOf('ideal')).toEqual({ name: 'iDEAL', kind: 'bank' });
	expect(methodOf('new_way').name).toBe('New way');
});

it('pays back what is owed from bought coins only', () => {
	const wallet = { coins_total: 5, coins_owed: 99 };
	expect(afterwards(wallet, { coins: 350, coins_bonus: 70 })).toEqual({ repaid: 99, total: 326 });
	expect(afterwards(wallet, { coins: 70, coins_bonus: 70 })).toEqual({ repaid: 70, total: 75 });
});

it('knows a country that sells nothing from one that did not answer', () => {
	expect(nothingSold(refusal('country_closed'))).toContain('not sold here');
	expect(nothingSold(refusal('network'))).toBeNull();
	expect(rightCountry(refusal('country_not_yours', { country: 'DE' }))).toBe('DE');
	expect(rightCountry(refusal('limit_reached', { country: 'DE' }))).toBeNull();
});

it('tells promotions that apply by themselves from those that ask for something', () => {
	const offer = { kind: 'bonus', code_needed: false, first_recharge: true, coins_min: 1400 };
	expect(isAutomatic(offer as Promotion)).toBe(true);
	expect(isAutomatic({ ...offer, code_needed: true } as Promotion)).toBe(false);
	expect(isAutomatic({ ...offer, kind: 'grant' } as Promotion)).toBe(false);
	const at = Date.parse('2026-01-01T00:00:00Z');
	expect(endText({ ends_at: '2026-01-01T05:00:00Z' }, at)).toContain('5 hr');
	expect(endText({ ends_at: '2026-02-01T12:00:00Z' }, at)).toContain('Feb 1, 2026');
	expect(conditions(offer as Promotion)).toEqual(['First purchase', 'From 1,400 coins']);
});

it('does not go back to what an order was before', async () => {
	vi.stubGlobal('fetch', async () => Response.json({ coins_total: 350 }));
	const purchase = new Purchase();
	const told = (id: string, state: Order['state'], steps: number) =>
		purchase.take({ id, state, history: Array(steps).fill({ state }) } as unknown as Order);
	await told('a', 'pending', 1);
	await told('a', 'credited', 3);
	await told('a', 'pending', 1);
	expect(purchase.order?.state).toBe('credited');
	await told('b', 'pending', 1);
	expect(purchase.order?.id).toBe('b');
	vi.unstubAllGlobals();
});

it('stops at an order that is dearer or smaller than what was shown', () => {
	const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });
	const shown = { total: usd(370), coins: 350, coins_bonus: 70 };
	expect(isWorse(shown, shown)).toBe(false);
	expect(isWorse({ ...shown, total: usd(369) }, shown)).toBe(false);
	expect(isWorse({ ...shown, total: usd(371) }, shown)).toBe(true);
	expect(isWorse({ ...shown, coins_bonus: 0 }, shown)).toBe(true);
	expect(isWorse({ ...shown, total: { amount_minor: 300, currency: 'EUR' } }, shown)).toBe(true);
});

describe('quotes', () => {
	/** What was asked and not answered yet, oldest first. */
	let asked: { wish: Wish; answer: (status: number, body: object) => void; aborted: boolean }[];

	beforeEach(() => {
		vi.useFakeTimers();
		asked = [];
		vi.stubGlobal('fetch', async (request: Request) => {
			const wish = (await request.json()) as Wish;
			return new Promise<Response>((resolve, reject) => {
				const call = {
					wish,
					aborted: false,
					answer: (status: number, body: object) =>
						resolve(new Response(JSON.stringify(body), { status, headers: JSON_TYPE }))
				};
				request.signal.addEventListener('abort', () => {
					call.aborted = true;
					reject(new DOMException('aborted', 'AbortError'));
				});
				asked.push(call);
			});
		});
	});
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.useRealTimers();
	});

	const JSON_TYPE = { 'content-type': 'application/json' };
	const wish = (coins: number, code?: string): Wish => ({
		country: 'US',
		coins,
		...(code && { code })
	});
	const quote = (coins: number) => ({ coins }) as Quote;
	const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

	it('ask at once for the first, and wait for the end of typing after that', async () => {
		const quotes = new Quotes();
		quotes.want(wish(70));
		await settle();
		asked[0]?.answer(200, quote(70));
		await settle();
		expect(quotes.fresh?.coins).toBe(70);
		for (const coins of [1, 12, 120]) quotes.want(wish(coins));
		await settle(DEBOUNCE_MS - 1);
		expect(asked).toHaveLength(1);
		await settle(1);
		expect(asked.map((each) => (each.wish as { coins: number }).coins)).toEqual([70, 120]);
	});

	it('are never fresh for another choice, not even when they come late', async () => {
		const quotes = new Quotes();
		quotes.want(wish(70));
		await settle();
		quotes.want(wish(350));
		await settle(DEBOUNCE_MS);
		asked[0]?.answer(200, quote(70));
		await settle();
		expect(quotes.fresh).toBeNull();
		asked[1]?.answer(200, quote(350));
		await settle();
		expect(quotes.fresh?.coins).toBe(350);
		quotes.want(wish(700));
		expect(quotes.fresh).toBeNull();
		expect(quotes.latest?.coins).toBe(350);
		quotes.want(null);
		expect(quotes.fresh).toBeNull();
	});

	it('are made without a code that is no good, which is not asked about again', async () => {
		const quotes = new Quotes();
		quotes.want(wish(70, 'NOPE'));
		await settle();
		asked[0]?.answer(404, { code: 'promotion_unknown', title: 'Not found' });
		await settle();
		expect(asked[1]?.wish.code).toBeUndefined();
		asked[1]?.answer(200, quote(70));
		await settle();
		expect(quotes.codeProblem?.code).toBe('promotion_unknown');
		expect(quotes.fresh?.coins).toBe(70);
		expect(quotes.quoted).toEqual(wish(70));

		quotes.want(wish(350, 'NOPE'));
		await settle(DEBOUNCE_MS);
		expect(asked).toHaveLength(3);
		expect(asked[2]?.wish.code).toBeUndefined();
	});

	it('try a code again that was refused for the amount', async () => {
		const quotes = new Quotes();
		quotes.want(wish(70, 'BIG'));
		await settle();
		const reason = { code: 'promotion_not_for_you', reason: 'amount', coins_min: 350 };
		asked[0]?.answer(422, reason);
		await settle();
		asked[1]?.answer(200, quote(70));
		await settle();
		quotes.want(wish(350, 'BIG'));
		await settle(DEBOUNCE_MS);
		asked[2]?.answer(200, quote(350));
		await settle();
		expect(quotes.codeProblem).toBeNull();
		expect(quotes.quoted).toEqual(wish(350, 'BIG'));
	});

	it('say why there is none, and ask again on request', async () => {
		const quotes = new Quotes();
		quotes.want(wish(70));
		await settle();
		asked[0]?.answer(422, { code: 'country_not_yours', country: 'DE' });
		await settle();
		expect(rightCountry(quotes.problem)).toBe('DE');
		expect(quotes.fresh).toBeNull();
		quotes.again();
		await settle();
		asked[1]?.answer(200, quote(70));
		await settle();
		expect(quotes.problem).toBeNull();
		expect(quotes.fresh?.coins).toBe(70);
	});
});
