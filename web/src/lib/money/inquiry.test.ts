import { describe, expect, it } from 'vitest';
import { Problem, type Order } from '$lib/api';
import { hasReceipt, lacksCoins, orderSteps, reasonText, stateText } from '$lib/topup/order-text';
import { lookOf, needsSupport, refusalOf, stepOf, type Finding } from './inquiry';
import { givenBackLabel, stampOf, standing, taxLabel } from './purchase-receipt';

type Reason = Order['history'][number]['reason'];
const at = '2026-01-01T00:00:00Z';

function finding(code: Finding['code'], todo: Finding['todo']): Finding {
	return { code, todo, text: 'A sentence.', at: null };
}

function order(state: Order['state'], held = false, ...reasons: Reason[]) {
	return {
		state,
		held,
		checkout_url: '/sandbox/checkout/abc' as string | null,
		return_path: null as string | null,
		history: reasons.map((reason) => ({ state, reason, at }))
	};
}

describe('a finding', () => {
	it('leads to the payment page while the order can be paid', () => {
		const wait = finding('waiting_for_payment', 'pay');
		expect(stepOf(wait, order('pending'))?.href).toBe('/sandbox/checkout/abc');
		expect(stepOf(wait, { ...order('pending'), checkout_url: null })).toBeNull();
		expect(stepOf(wait, order('expired'))).toBeNull();
	});
	it('leads to a new order, and back to the room from there', () => {
		const over = finding('expired', 'order_again');
		expect(stepOf(over, order('expired'))?.href).toBe('/recharge');
		const from = { ...order('expired'), return_path: '/live/a?b=1' };
		expect(stepOf(over, from)?.href).toBe('/recharge?next=%2Flive%2Fa%3Fb%3D1');
	});
	it('leads nowhere where waiting is all there is', () => {
		expect(stepOf(finding('held', 'wait'), order('paid'))).toBeNull();
	});
	it('is good news only when the coins are there', () => {
		expect(lookOf(finding('credited', 'nothing')).tone).toBe('good');
		expect(lookOf(finding('refunded', 'nothing')).tone).toBe('quiet');
		expect(lookOf(finding('amount_differs', 'contact_support')).tone).toBe('bad');
	});
	it('may need support, wherever it stands', () => {
		const fine = finding('credited', 'nothing');
		expect(needsSupport([fine])).toBe(false);
		expect(needsSupport([fine, finding('return_failed', 'contact_support')])).toBe(true);
	});
});

describe('a check that is refused', () => {
	it('says when to ask again', () => {
		const soon = new Problem(429, { code: 'too_many_checks', retry_after_s: 1 });
		expect(refusalOf(soon).detail).toContain('in 1 second.');
		const later = new Problem(429, { code: 'too_many_checks', retry_after_s: 12 });
		expect(refusalOf(later).detail).toContain('in 12 seconds.');
		expect(refusalOf(new Problem(429, { code: 'too_many_checks' })).detail).toContain(
			'in a minute'
		);
	});
	it('tells any other problem as it is', () => {
		const gone = new Problem(0, { code: 'network', title: 'No connection', detail: 'Try again.' });
		expect(refusalOf(gone)).toEqual({ title: 'No connection', detail: 'Try again.' });
	});
});

describe('how an order stands', () => {
	it('tells a held one from one whose coins are on their way', () => {
		expect(stateText(order('paid')).word).toBe('Paid');
		expect(stateText(order('paid', true)).word).toBe('In review');
		expect(stateText(order('paid', true, 'held_for_review', 'payment_returning')).word).toBe(
			'Returning'
		);
		expect(stateText(order('credited', false, 'released')).word).toBe('Done');
	});
	it('does not speak of coins where none came', () => {
		expect(stateText(order('refunded', false, 'payment_returned')).text).toContain('no coins');
		expect(stateText(order('refunded', false, 'coins_credited')).text).toContain('unused coins');
	});
	it('says what is still to come', () => {
		const coming = (...reasons: Reason[]) => orderSteps(order('paid', true, ...reasons)).at(-1);
		expect(coming('held_for_review')?.label).toBe('Coins in your wallet');
		expect(coming('payment_returning')?.label).toBe('Money given back');
	});
	it('has a receipt once coins came, also after a refund', () => {
		expect(hasReceipt(order('refunded', false, 'coins_credited', 'payment_refunded'))).toBe(true);
		expect(hasReceipt(order('refunded', false, 'payment_returned'))).toBe(false);
	});
	it('lacks coins until it is settled', () => {
		const states: Order['state'][] = ['created', 'pending', 'paid', 'failed', 'expired'];
		expect(states.every((state) => lacksCoins({ state }))).toBe(true);
		expect(lacksCoins({ state: 'disputed' })).toBe(false);
	});
	it('explains what others do with it', () => {
		expect(reasonText('repriced_by_store')).toContain('app store');
	});
});

describe('the receipt of a purchase', () => {
	it('names the tax with its rate', () => {
		expect(taxLabel({ tax_name: 'VAT', tax_bp: 2000, tax_rate_text: '20%' })).toBe('VAT, 20%');
		expect(taxLabel({ tax_name: '', tax_bp: 825, tax_rate_text: '8.25%' })).toBe('Tax, 8.25%');
		expect(taxLabel({ tax_name: 'Sales tax', tax_bp: 0, tax_rate_text: '0%' })).toBe(
			'Sales tax, none'
		);
	});
	it('tells how much of it came back', () => {
		const money = (amount_minor: number) => ({ amount_minor, currency: 'USD', text: '' });
		const back = (minor: number) => ({ total: money(370), given_back_total: money(minor) });
		expect([0, 100, 370].map((minor) => standing(back(minor)))).toEqual(['kept', 'part', 'whole']);
	});
	it('tells a refund from a dispute', () => {
		const amount = { amount_minor: 1, currency: 'USD', text: '$0.01' };
		const refund = { kind: 'refund', amount, at, date_text: '' } as const;
		const dispute = { ...refund, kind: 'dispute' } as const;
		expect(stampOf({ given_back: [refund] }, 'part')).toBe('Partly given back');
		expect(stampOf({ given_back: [refund] }, 'whole')).toBe('Given back');
		expect(stampOf({ given_back: [refund, dispute] }, 'whole')).toBe('Disputed');
		expect(givenBackLabel(refund)).toBe('Refunded');
		expect(givenBackLabel(dispute)).toContain('bank');
	});
});
