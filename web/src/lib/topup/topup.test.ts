import { describe, expect, it } from 'vitest';
import type { CoinPackage, Me, Wallet } from '$lib/api';
import { hindrance } from './buyer';
import { isOpen, mayPay, orderSteps, STATE_TEXT } from './order-text';
import { fittingPackage, percent } from './prices.svelte';
import { sandboxCheckoutId } from './purchase.svelte';

function coins(amount: number, bonus = 0): CoinPackage {
	const money = { amount_minor: amount, currency: 'USD' };
	return {
		id: `package-${amount}`,
		coins: amount,
		coins_bonus: bonus,
		net: money,
		tax: { ...money, amount_minor: 0 },
		total: money,
		micro_per_coin: 10_000,
		saving_bp: null,
		app_store_total: null,
		best_value: false,
		product_id: null,
		text: { net: '', tax: '', total: '', per_coin: '', saving: null }
	};
}

describe('the package that fits', () => {
	const packages = [coins(700), coins(70), coins(350, 50)];
	it('is the smallest that covers what is missing, bonus included', () => {
		expect(fittingPackage(packages, 60)?.coins).toBe(70);
		expect(fittingPackage(packages, 400)?.coins).toBe(350);
		expect(fittingPackage(packages, 401)?.coins).toBe(700);
	});
	it('is the largest when none covers it', () => {
		expect(fittingPackage(packages, 5000)?.coins).toBe(700);
		expect(fittingPackage([], 1)).toBeUndefined();
	});
});

it('never promises a larger saving than there is', () => {
	expect(percent(3099)).toBe('30%');
});

describe('the steps of an order', () => {
	const at = '2026-01-01T00:00:00Z';
	it('say what is still to come while it is open', () => {
		const steps = orderSteps({
			state: 'created',
			history: [{ state: 'created', reason: 'order_created', at }]
		});
		expect(steps.map((step) => step.state)).toEqual(['current', 'todo', 'todo']);
	});
	it('end when the coins are there', () => {
		const steps = orderSteps({
			state: 'credited',
			history: [
				{ state: 'created', reason: 'order_created', at },
				{ state: 'paid', reason: 'payment_succeeded', at },
				{ state: 'credited', reason: 'coins_credited', at }
			]
		});
		expect(steps.every((step) => step.state === 'done')).toBe(true);
	});
	it('show where it failed, and go on after a late success', () => {
		const steps = orderSteps({
			state: 'credited',
			history: [
				{ state: 'created', reason: 'order_created', at },
				{ state: 'expired', reason: 'order_expired', at },
				{ state: 'credited', reason: 'paid_after_expiry', at }
			]
		});
		expect(steps.map((step) => step.state)).toEqual(['done', 'failed', 'done']);
	});
	it('explain every state', () => {
		for (const text of Object.values(STATE_TEXT)) expect(text.text.length).toBeGreaterThan(20);
		expect(isOpen('paid')).toBe(true);
		expect(isOpen('disputed')).toBe(false);
	});
});

describe('the checkout of an order', () => {
	const origin = 'http://127.0.0.1:8000';
	it('is ours when it is the sandbox', () => {
		expect(sandboxCheckoutId('/sandbox/checkout/abc', origin)).toBe('abc');
		expect(sandboxCheckoutId(`${origin}/sandbox/checkout/abc`, origin)).toBe('abc');
	});
	it('is outside otherwise', () => {
		expect(sandboxCheckoutId('https://pay.example/sandbox/checkout/abc', origin)).toBeNull();
		expect(sandboxCheckoutId(null, origin)).toBeNull();
	});
});

it('lets a declined card be changed, and no payment that was left', () => {
	const at = '2026-01-01T00:00:00Z';
	const failed = (reason: 'payment_declined' | 'payment_abandoned') => ({
		state: 'failed' as const,
		checkout_url: '/sandbox/checkout/abc',
		history: [{ state: 'failed' as const, reason, at }]
	});
	expect(mayPay(failed('payment_declined'))).toBe(true);
	expect(mayPay(failed('payment_abandoned'))).toBe(false);
	expect(mayPay({ state: 'created', checkout_url: null, history: [] })).toBe(false);
});

it('knows who cannot buy before they try', () => {
	const user = { age_state: 'allowed', age_min_years: 18 } as Me;
	const wallet = { frozen: false, coins_owed: 0 } as Wallet;
	expect(hindrance(null, null)).toBeNull();
	expect(hindrance(user, wallet)).toBeNull();
	expect(hindrance({ ...user, age_state: 'underage' }, wallet)?.text).toContain('18');
	expect(hindrance(user, { ...wallet, frozen: true })?.action?.href).toBe('/wallet');
	expect(hindrance(user, { ...wallet, frozen: true, coins_owed: 5 })).toBeNull();
});
