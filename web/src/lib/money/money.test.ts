import { expect, it } from 'vitest';
import type { CreatorStatement, FeeChain, Lot, Order, WalletStatement } from '$lib/api';
import { backTo } from './back';
import { Loaded } from './loaded.svelte';
import { lotNote, lotParts, lotSentence, providerName } from './lots';
import { chosenMonth, dayLabel, monthLabel, monthOf, monthsBetween } from './months';
import type { LineKind } from './receipt';
import { giftTitle, lineText, rateText, reversedText, shareText, slices } from './receipt';
import { coinsHeld, diamondsHeld, entryText, isQuiet, ledgerRows, moneySums } from './statements';

const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });

function lot(spent: number, left: number, refunded: number): Lot {
	return {
		id: 'order',
		at: '2026-11-05T10:00:00Z',
		coins_bought: spent + left + refunded,
		coins_spent: spent,
		coins_left: left,
		coins_refunded: refunded,
		total: usd(499),
		tax: usd(0),
		provider: 'sandbox'
	};
}

function order(...reasons: Order['history'][number]['reason'][]): Pick<Order, 'history'> {
	return {
		history: reasons.map((reason) => ({ reason, state: 'credited', at: '2026-11-05T10:00:00Z' }))
	};
}

function chain(...amounts: [FeeChain['lines'][number]['kind'], number][]): FeeChain {
	const price = amounts.reduce((sum, [, amount]) => sum + amount, 0);
	const lines = amounts.map(([kind, amount]) => ({ kind, amount: usd(amount), rates: [] }));
	return { coins: 5, price: usd(price), lines, creator_value: usd(0), lots: [] };
}

it('counts months over the turn of a year, newest first', () => {
	expect(monthsBetween('2025-11', '2026-02')).toEqual(['2026-02', '2026-01', '2025-12', '2025-11']);
	expect(monthsBetween('2026-02', '2026-02')).toEqual(['2026-02']);
	expect(monthOf('2026-11-30T23:59:59Z')).toBe('2026-11');
});

it.each([
	['2026-01', '2026-01'],
	['2025-12', '2026-02'],
	['2026-13', '2026-02'],
	['nonsense', '2026-02'],
	[null, '2026-02']
])('asked for the month %j shows %j', (asked, month) => {
	expect(chosenMonth(asked, ['2026-02', '2026-01'])).toBe(month);
});

it('names months and days as days of UTC', () => {
	expect(monthLabel('2026-11', 'en')).toBe('November 2026');
	expect(dayLabel('2026-11-01', 'en')).toBe('Nov 1');
	expect(dayLabel('2026-11-01T00:30:00Z', 'en')).toBe('Nov 1');
});

it('tells what became of the coins of a purchase', () => {
	expect(lotParts(lot(100, 150, 0))).toEqual([
		{ kind: 'spent', label: 'Spent', coins: 100, part: 0.4 },
		{ kind: 'left', label: 'Left', coins: 150, part: 0.6 }
	]);
	expect(lotParts(lot(1, 0, 3)).at(-1)).toMatchObject({ kind: 'back', coins: 3, part: 0.75 });
	expect(lotParts(lot(0, 0, 0)).map((each) => each.part)).toEqual([0, 0]);
	expect(lotSentence(lot(1, 0, 3))).toBe('Of 4 coins: 1 spent, 0 left, 3 taken back');
});

it('says why coins left or came back', () => {
	expect(lotNote(lot(5, 5, 0), order('payment_succeeded'))).toBeNull();
	expect(lotNote(lot(5, 0, 5), null)?.title).toBe('5 coins taken back');
	expect(lotNote(lot(5, 0, 1), order('payment_disputed'))?.title).toBe('1 coin taken back');
	expect(lotNote(lot(5, 0, 1), order('payment_disputed'))?.text).toContain('disputed');
	expect(lotNote(lot(5, 5, 0), order('payment_disputed', 'dispute_won'))?.title).toBe(
		'The payment stands again'
	);
	expect(lotNote(lot(5, 5, 0), order('refund_failed'))?.title).toContain('refund');
	expect(lotNote(lot(10, 0, 0), order('payment_disputed'))?.text).toContain('owed');
	const again = order('refund_requested', 'refund_failed', 'refund_requested', 'money_returned');
	expect(lotNote(lot(5, 0, 5), again)).toBeNull();
	expect(lotNote(lot(5, 0, 5), order('dispute_won', 'partial_reversal'))?.title).toBe(
		'5 coins taken back'
	);
	expect(providerName('sandbox')).toBe('Sandbox');
});

it('draws the parts of a price that can be drawn', () => {
	const drawn = slices(chain(['tax', 0], ['provider_fee', 10], ['platform', 40], ['creator', 50]));
	expect(drawn).toEqual([
		{ kind: 'provider_fee', part: 0.1 },
		{ kind: 'platform', part: 0.4 },
		{ kind: 'creator', part: 0.5 }
	]);
	expect(slices(chain(['platform', -1], ['creator', 2]))).toEqual([]);
	expect(slices(chain(['platform', 0], ['creator', 0]))).toEqual([]);
});

it('names who received a part, and the rates it follows from', () => {
	const text = (kind: LineKind, minor: number) =>
		lineText({ kind, amount: usd(minor) }, 'Sandbox', 'Ines');
	expect(text('provider_fee', 3).text).toBe('Kept by Sandbox.');
	expect(text('creator', 3).label).toBe('Ines');
	expect(text('platform_and_creator', 3).label).toBe('Platform and Ines');
	expect(text('tax', 0).text).toBe('None on these coins.');
	expect(text('tax', 1).text).toBe('Passed on to the tax office.');
	expect(text('platform', 0).text).toContain('What is left');
	expect(text('platform', -1).text).toContain('Largesse adds the rest');
	expect(
		rateText([
			{ kind: 'price_book', id: 12 },
			{ kind: 'redemption_rate', id: 3 }
		])
	).toBe('price book\u00a012, diamond rate\u00a03');
	expect([shareText(5000), shareText(3333)]).toEqual(['50%', '33.33%']);
});

it('says a gift and what was taken back of it', () => {
	const gift = { id: 'g', version: 1, slug: 'rose', name: 'Rose' };
	expect(giftTitle({ gift, count: 1 })).toBe('Rose');
	expect(giftTitle({ gift, count: 5 })).toBe('Rose ×5');
	const of = (back: number) =>
		reversedText({ milli_diamonds: 2500, reversed_milli_diamonds: back });
	expect(of(0)).toBeNull();
	expect(of(500)).toBe('0.5 of 2.5 diamonds were taken back');
	expect(of(2500)).toBe('All 2.5 diamonds of this gift were taken back');
});

const month: WalletStatement = {
	month: '2026-11',
	opening: { coins_paid: 10, coins_bonus: 2, coins_owed: 0 },
	closing: { coins_paid: 90, coins_bonus: 1, coins_owed: 4 },
	gifts: { count: 2, coins_paid: 5, coins_bonus: 1 },
	entries: [
		{
			id: 'a',
			kind: 'top_up',
			at: '2026-11-02T10:00:00Z',
			order_id: 'a',
			coins_paid: 100,
			coins_bonus: 0,
			coins_owed: 0,
			total: usd(140),
			tax: usd(22)
		},
		{
			id: 'b',
			kind: 'chargeback',
			at: '2026-11-09T10:00:00Z',
			order_id: 'z',
			coins_paid: -15,
			coins_bonus: 0,
			coins_owed: 4,
			total: usd(-28),
			tax: usd(-4)
		}
	]
};

it('lists a month so that every column adds up', () => {
	const rows = ledgerRows(month, 'At the end');
	expect(rows.map((row) => row.what)).toEqual([
		'At the start',
		'Top-up',
		'Disputed payment',
		'2 gifts given',
		'At the end'
	]);
	for (const column of ['coins_paid', 'coins_bonus', 'coins_owed'] as const) {
		const before = rows.slice(0, -1).reduce((sum, row) => sum + row[column], 0);
		expect(before).toBe(rows.at(-1)![column]);
	}
	expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
	expect(coinsHeld(month.closing)).toBe(91);
});

it('leaves out gifts where none were given', () => {
	const quiet = { ...month, entries: [], gifts: { count: 0, coins_paid: 0, coins_bonus: 0 } };
	expect(ledgerRows(quiet, 'Now').map((row) => row.what)).toEqual(['At the start', 'Now']);
	expect([isQuiet(quiet), isQuiet(month)]).toEqual([true, false]);
	expect(entryText('goodwill_grant')).toBe('Goodwill grant');
});

it('adds up money currency by currency', () => {
	const yen = { ...month.entries[0]!, total: { amount_minor: 160, currency: 'JPY' }, tax: null };
	const none = { ...month.entries[0]!, total: null, tax: null };
	expect(moneySums([...month.entries, yen, none])).toEqual([
		{ paid: usd(140), back: usd(28), tax: usd(18) },
		{
			paid: { amount_minor: 160, currency: 'JPY' },
			back: { amount_minor: 0, currency: 'JPY' },
			tax: { amount_minor: 0, currency: 'JPY' }
		}
	]);
});

it('counts the diamonds that a creator holds in all', () => {
	const held: CreatorStatement['opening'] = {
		pending_milli_diamonds: 1500,
		available_milli_diamonds: 200,
		held_milli_diamonds: 30
	};
	expect(diamondsHeld(held)).toBe(1730);
});

it('goes back to the list that a receipt was opened from', () => {
	const from = (path: string) => backTo(new URL(path, 'http://here'));
	expect(from('/wallet/lots/a?x=1#y')).toBe('/wallet/lots/a?x=1#y');
	expect(from('/studio')).toBe('/studio');
	expect(from('/walletish')).toBeUndefined();
	expect(backTo(undefined)).toBeUndefined();
});

it('drops an answer that another has overtaken', async () => {
	const waiting = new Map<string, (value: string) => void>();
	const loaded = new Loaded((name) => new Promise<string>((done) => waiting.set(name, done)));
	const first = loaded.load('old');
	const second = loaded.load('new');
	waiting.get('new')!('new');
	await second;
	waiting.get('old')!('old');
	await first;
	expect(loaded.value).toBe('new');
	expect(loaded.loading).toBe(false);
});

it('keeps why nothing came', async () => {
	const loaded = new Loaded(() => Promise.reject(new TypeError('offline')));
	await loaded.load('any');
	expect(loaded.value).toBeNull();
	expect(loaded.problem?.code).toBe('network');
});
