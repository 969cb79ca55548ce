/** Exact figures: coins are integers, diamonds are integer thousandths, money is integer minor units. */

export interface MoneyValue {
	amount_minor: number;
	currency: string;
}
export type MilliDiamonds = number | bigint | string;

// The minor units of ISO 4217. A browser's own table differs for some currencies (it rounds RSD and
// IQD to whole units, for example), and a wrong exponent would show a price a hundred times off.
const DIGITS: Record<number, string> = {
	0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
	3: 'BHD IQD JOD KWD LYD OMR TND',
	4: 'CLF UYW'
};
const DIGITS_BY_CURRENCY = new Map(
	Object.entries(DIGITS).flatMap(([digits, codes]) =>
		codes.split(' ').map((code) => [code, Number(digits)] as const)
	)
);

export function currencyDigits(currency: string): number {
	return DIGITS_BY_CURRENCY.get(currency.toUpperCase()) ?? 2;
}

type Decimal = Intl.StringNumericLiteral;

/** `-1234` with 2 places is `-12.34`, by moving the point in the text: no division, no float. */
function decimal(amount: bigint, places: number): Decimal {
	const negative = amount < 0n;
	const digits = (negative ? -amount : amount).toString().padStart(places + 1, '0');
	const split = digits.length - places;
	const fraction = places > 0 ? `.${digits.slice(split)}` : '';
	return `${negative ? '-' : ''}${digits.slice(0, split)}${fraction}` as Decimal;
}

export interface MoneyParts {
	figure: string;
	/** The code to set beside the figure; empty when the figure names the currency by its code. */
	code: string;
}

export function moneyParts(value: MoneyValue, sign = false, locale?: string): MoneyParts {
	const currency = value.currency.toUpperCase();
	const places = currencyDigits(currency);
	const figure = new Intl.NumberFormat(locale, {
		style: 'currency',
		currency,
		currencyDisplay: 'narrowSymbol',
		signDisplay: sign ? 'exceptZero' : 'auto',
		minimumFractionDigits: places,
		maximumFractionDigits: places
	}).format(decimal(BigInt(value.amount_minor), places));
	return { figure, code: figure.includes(currency) ? '' : currency };
}

export function formatMoney(value: MoneyValue, sign = false, locale?: string): string {
	const { figure, code } = moneyParts(value, sign, locale);
	return code ? `${figure} ${code}` : figure;
}

export interface CoinsOptions {
	sign?: boolean;
	compact?: boolean;
	locale?: string;
}

export function formatCoins(amount: number, options: CoinsOptions = {}): string {
	return new Intl.NumberFormat(options.locale, {
		maximumFractionDigits: options.compact ? 1 : 0,
		notation: options.compact ? 'compact' : 'standard',
		signDisplay: options.sign ? 'exceptZero' : 'auto'
	}).format(amount);
}

export interface DiamondsOptions {
	sign?: boolean;
	places?: 'trim' | 'three';
	locale?: string;
}

export function formatDiamonds(milli: MilliDiamonds, options: DiamondsOptions = {}): string {
	return new Intl.NumberFormat(options.locale, {
		minimumFractionDigits: options.places === 'three' ? 3 : 0,
		maximumFractionDigits: 3,
		signDisplay: options.sign ? 'exceptZero' : 'auto'
	}).format(decimal(BigInt(milli), 3));
}

export function formatDate(at: string, locale?: string): string {
	return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(at));
}

export function formatDateTime(at: string, locale?: string): string {
	return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
		new Date(at)
	);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	['year', 31_557_600],
	['month', 2_629_800],
	['week', 604_800],
	['day', 86_400],
	['hour', 3_600],
	['minute', 60]
];

export function formatRelative(at: string, now: number, locale?: string): string {
	const seconds = Math.round((new Date(at).getTime() - now) / 1000);
	const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
	for (const [unit, size] of STEPS) {
		if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
	}
	return format.format(0, 'second');
}
