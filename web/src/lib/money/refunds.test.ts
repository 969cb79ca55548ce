import { afterEach, expect, it, vi } from 'vitest';
import { Problem, type Order } from '$lib/api';
import { Refunding } from './refunding.svelte';
import {
	coinsText,
	lotBadge,
	mayRefund,
	offerText,
	progressText,
	purchaseText,
	refundStanding,
	refundTitle,
	refusalText,
	requestProblem,
	standOf,
	storyOf,
	type Refund,
	type Refusal
} from './refunds';

type State = Order['state'];
type Reason = Order['history'][number]['reason'];

const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });
const at = '2026-11-05T10:00:00Z';

function order(state: State, ...reasons: Reason[]): Pick<Order, 'state' | 'held' | 'history'> {
	return { state, held: false, history: reasons.map((reason) => ({ reason, state, at })) };
}

const refund: Refund = {
	id: 'r',
	order_id: 'o',
	reason: 'requested',
	state: 'queued',
	failure: null,
	amount: usd(120),
	coins: 120,
	coins_bonus: 0,
	created_at: at,
	updated_at: at
};

it('says coins, bonus coins and money', () => {
	expect(coinsText(1, 0)).toBe('1 coin');
	expect(coinsText(1200, 1)).toBe('1,200 coins and 1 bonus coin');
	expect(offerText({ coins: 5, coins_bonus: 2, amount: usd(7) })).toBe(
		'5 coins and 2 bonus coins for $0.07 USD'
	);
	expect(refundTitle(refund)).toBe('120 coins');
	expect(refundTitle({ ...refund, reason: 'second_payment' })).toContain('Second payment');
	expect(refundTitle({ ...refund, reason: 'not_accepted' })).toContain('not accepted');
});

it('says how far a refund is', () => {
	const word = (state: Refund['state']) => progressText({ ...refund, state }, 'Stripe').word;
	expect((['queued', 'pending', 'unsure', 'done', 'failed'] as const).map(word)).toEqual([
		'On its way',
		'On its way',
		'Being checked',
		'Paid back',
		'Failed'
	]);
	const failed = progressText({ state: 'failed', reason: 'requested' }, 'Stripe');
	expect(failed.text).toContain('in your wallet again');
	const returned = progressText({ state: 'failed', reason: 'second_payment' }, 'Stripe');
	expect(returned.text).toContain('Support');
	expect(standOf([refund, { ...refund, id: 's', state: 'done' }])).toBe('r queued,s done');
});

it('explains each refusal in words of its own', () => {
	const reasons: Refusal[] = [
		...([
			'not_credited',
			'already_refunded',
			'disputed',
			'refund_at_store',
			'not_offered'
		] as const),
		...(['provider_unavailable', 'too_late', 'wallet_owing', 'wallet_frozen'] as const),
		...(['coins_spent', 'too_few_unused', 'bonus_spent'] as const)
	];
	const about = { channel: 'app_store', until: at, owed: 60, refunded: false };
	const told = reasons.map((reason) => refusalText(reason, about));
	expect(new Set(told.map((each) => each.text)).size).toBe(reasons.length);
	expect(refusalText('refund_at_store', about).action?.label).toBe('Ask Apple');
	expect(refusalText('refund_at_store', { ...about, channel: 'web' }).action).toBeUndefined();
	expect(refusalText('too_late', about).text).toContain('until Nov 5, 2026');
	expect(refusalText('too_late', { ...about, until: null }).text).toContain('is over');
	expect(refusalText('wallet_owing', about).text).toContain('owes 60 coins');
	expect(refusalText('wallet_owing', about).action?.href).toBe('/recharge');
	expect(refusalText('coins_spent', { ...about, refunded: true }).text).toContain('other coins');
});

it.each<[State, Reason[], string, string | null]>([
	['credited', ['coins_credited'], 'Done', null],
	['credited', ['refund_requested'], 'Done', 'Refund on its way'],
	['credited', ['refund_requested', 'money_returned'], 'Done', 'Partly given back'],
	['credited', ['refund_requested', 'refund_failed'], 'Done', 'A refund failed'],
	[
		'credited',
		['refund_requested', 'money_returned', 'refund_failed', 'refund_requested', 'money_returned'],
		'Done',
		'Partly given back'
	],
	['credited', ['partial_reversal', 'refund_failed'], 'Done', 'A refund failed'],
	['refunded', ['refund_requested'], 'Refunding', null],
	['refunded', ['refund_requested', 'money_returned'], 'Refunded', null],
	['refunded', ['payment_refunded'], 'Refunded', null],
	['disputed', ['payment_disputed'], 'Disputed', null],
	['credited', ['payment_disputed', 'dispute_won'], 'Done', null]
])('lists an order that is %s after %j as %s, %j', (state, reasons, word, note) => {
	expect(purchaseText(order(state, ...reasons))).toMatchObject({ word, note });
});

it('takes each end of a refund for one that was asked for', () => {
	expect(
		refundStanding(order('credited', 'refund_requested', 'refund_requested', 'money_returned'))
	).toBe('running');
});

it('tells a refund that was asked for as no failure, and what is still to come', () => {
	const asked = order('refunded', 'payment_refunded', 'refund_requested');
	expect(storyOf(asked).map((step) => step.state)).toEqual(['failed', 'done', 'todo']);
	const done = order('refunded', 'refund_requested', 'money_returned');
	expect(storyOf(done).map((step) => step.state)).toEqual(['done', 'done']);
});

it('marks lots whose money went back', () => {
	expect(lotBadge(order('credited', 'coins_credited'))).toBeNull();
	expect(lotBadge(order('disputed', 'payment_disputed'))?.word).toBe('Disputed');
	expect(lotBadge(order('credited', 'partial_reversal'))?.word).toBe('Partly given back');
});

it('shows refunds where something was paid', () => {
	expect(mayRefund(order('failed', 'order_created', 'payment_declined'))).toBe(false);
	expect(mayRefund(order('credited', 'coins_credited'))).toBe(true);
	expect(mayRefund(order('paid', 'payment_returning'))).toBe(true);
});

it('says what to do when a request is refused', () => {
	const told = (code: string, status = 409) =>
		requestProblem(new Problem(status, { code, title: 'Title', detail: 'Detail' }));
	expect(told('refund_changed').text).toContain('look again');
	expect(told('refund_not_possible').text).toContain('Nothing was given back');
	expect(told('network', 0).text).toContain('made once');
	expect(told('order_not_found', 404)).toEqual({ title: 'Title', text: 'Detail' });
});

const ID = '0190d2b5-0000-7000-8000-000000000000';

/** Stands in for the server: one answer after the other, and what was asked. */
function serve(...answers: (() => Response)[]) {
	const asked: { key: string | null; body: string }[] = [];
	vi.stubGlobal('fetch', async (request: Request) => {
		asked.push({ key: request.headers.get('Idempotency-Key'), body: await request.clone().text() });
		return (answers.shift() ?? (() => Response.error()))();
	});
	return asked;
}

const json =
	(body: unknown, status = 200) =>
	() =>
		new Response(JSON.stringify(body), {
			status,
			headers: { 'Content-Type': 'application/json' }
		});
const lost = () => {
	throw new TypeError('offline');
};

afterEach(() => vi.unstubAllGlobals());

it('asks again with the same key after a lost answer, and with another one after that', async () => {
	const asked = serve(lost, json(refund, 201), json(refund, 201));
	const refunding = new Refunding(ID);
	expect(await refunding.ask(120)).toBe(false);
	expect(refunding.refused?.code).toBe('network');
	expect(await refunding.ask(120)).toBe(true);
	expect(refunding.refused).toBeNull();
	expect(await refunding.ask(120)).toBe(true);
	expect(asked[0]?.key).toBeTruthy();
	expect(asked[1]).toEqual(asked[0]);
	expect(asked[2]?.key).not.toBe(asked[1]?.key);
	expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ coins: 120 });
});

it('makes one request of a double tap', async () => {
	const asked = serve(json(refund, 201));
	const refunding = new Refunding(ID);
	expect(await Promise.all([refunding.ask(1), refunding.ask(1)])).toEqual([true, false]);
	expect(asked).toHaveLength(1);
});

it('looks again while a refund runs, and keeps what it knows when an answer is lost', async () => {
	const offer = { possible: true, coins: 5 };
	serve(json(offer), json({ items: [refund], next_cursor: null }), lost, lost);
	const refunding = new Refunding(ID);
	await refunding.look();
	expect(refunding.running).toBe(true);
	expect(refunding.offer?.coins).toBe(5);
	await refunding.look();
	expect(refunding.problem?.code).toBe('network');
	expect(refunding.refunds).toHaveLength(1);
	expect(refunding.looks).toBe(2);
	const soon = refunding.pauseMs();
	refunding.looks = 100;
	expect(refunding.pauseMs()).toBeGreaterThan(soon);
});

it('shows what was looked up last, whichever answer comes last', async () => {
	const waiting: ((body: unknown) => void)[] = [];
	const answer = (body: unknown) => waiting.shift()?.(body);
	vi.stubGlobal(
		'fetch',
		() => new Promise<Response>((resolve) => waiting.push((body) => resolve(json(body)())))
	);
	const refunding = new Refunding(ID);
	const [earlier, later] = [refunding.look(), refunding.look()];
	await vi.waitUntil(() => waiting.length === 4, 20_000);
	const first = waiting.splice(0, 2);
	answer({ possible: false });
	answer({ items: [refund], next_cursor: null });
	await later;
	first[0]?.({ possible: true });
	first[1]?.({ items: [], next_cursor: null });
	await earlier;
	expect(refunding.running).toBe(true);
	expect(refunding.offer?.possible).toBe(false);
});
