import { describe, expect, it } from 'vitest';
import { currencyDigits, formatCoins, formatDiamonds, formatMoney, formatRelative } from './format';

const en = 'en-US';

describe('money', () => {
	it('says the currency beside a symbol that several countries share', () => {
		expect(formatMoney({ amount_minor: 499, currency: 'USD' }, false, en)).toBe('$4.99 USD');
	});

	it('does not say it twice when the figure already names it', () => {
		const text = formatMoney({ amount_minor: 2500, currency: 'CHF' }, false, en);
		expect(text.replace(/\s/g, ' ')).toBe('CHF 25.00');
	});

	it.each([
		['JPY', 1480, '¥1,480 JPY'],
		['USD', 5, '$0.05 USD'],
		['USD', -5, '-$0.05 USD'],
		['EUR', 0, '€0.00 EUR']
	])('keeps the digits of %s', (currency, amount_minor, text) => {
		expect(formatMoney({ amount_minor, currency }, false, en)).toBe(text);
	});

	it('uses ISO minor units where a browser would drop them', () => {
		expect(currencyDigits('RSD')).toBe(2);
		expect(currencyDigits('IQD')).toBe(3);
		const text = formatMoney({ amount_minor: 12_345, currency: 'RSD' }, false, en);
		expect(text.replace(/\s/g, ' ')).toBe('RSD 123.45');
	});

	it('is exact to the last cent of the largest safe integer', () => {
		const value = { amount_minor: Number.MAX_SAFE_INTEGER, currency: 'USD' };
		expect(formatMoney(value, false, en)).toBe('$90,071,992,547,409.91 USD');
	});
});

describe('diamonds', () => {
	it.each([
		[52_000, '52'],
		[52_500, '52.5'],
		[1, '0.001'],
		[-4_750, '-4.75'],
		[0, '0'],
		[1_234_567_001, '1,234,567.001']
	])('%i thousandths are %s', (milli, text) => {
		expect(formatDiamonds(milli, { locale: en })).toBe(text);
	});

	it('stays exact where a float would not', () => {
		expect(formatDiamonds(9_007_199_254_740_993n, { locale: en })).toBe('9,007,199,254,740.993');
		expect(formatDiamonds('9007199254740993', { locale: en })).toBe('9,007,199,254,740.993');
	});

	it('can show all three places and a sign', () => {
		expect(formatDiamonds(52_000, { places: 'three', sign: true, locale: en })).toBe('+52.000');
	});
});

describe('coins', () => {
	it('groups, signs and shortens', () => {
		expect(formatCoins(44_999, { locale: en })).toBe('44,999');
		expect(formatCoins(350, { sign: true, locale: en })).toBe('+350');
		expect(formatCoins(1_284_000, { compact: true, locale: en })).toBe('1.3M');
	});
});

describe('relative time', () => {
	const now = Date.parse('2026-01-02T12:00:00Z');
	it.each([
		['2026-01-02T11:59:50Z', 'now'],
		['2026-01-02T11:46:00Z', '14 min. ago'],
		['2026-01-02T09:01:00Z', '2 hr. ago'],
		['2026-01-01T12:00:00Z', 'yesterday'],
		['2026-01-03T12:00:00Z', 'tomorrow']
	])('%s', (at, text) => {
		expect(formatRelative(at, now, en)).toBe(text);
	});
});
