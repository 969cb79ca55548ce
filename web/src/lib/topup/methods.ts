import type { Provider } from '$lib/api';

export type MethodKind = 'card' | 'phone' | 'bank' | 'cash' | 'account';

interface Method {
	name: string;
	kind: MethodKind;
}

const METHODS: Record<string, Method> = {
	ach: { name: 'Bank debit (ACH)', kind: 'bank' },
	alipay: { name: 'Alipay', kind: 'phone' },
	bacs: { name: 'Bank debit (Bacs)', kind: 'bank' },
	bancontact: { name: 'Bancontact', kind: 'card' },
	becs: { name: 'Bank debit (BECS)', kind: 'bank' },
	blik: { name: 'BLIK', kind: 'phone' },
	boleto: { name: 'Boleto', kind: 'cash' },
	card: { name: 'Card', kind: 'card' },
	cashapp: { name: 'Cash App Pay', kind: 'phone' },
	eps: { name: 'EPS', kind: 'bank' },
	fpx: { name: 'FPX', kind: 'bank' },
	ideal: { name: 'iDEAL', kind: 'bank' },
	konbini: { name: 'Konbini', kind: 'cash' },
	multibanco: { name: 'Multibanco', kind: 'bank' },
	oxxo: { name: 'OXXO', kind: 'cash' },
	p24: { name: 'Przelewy24', kind: 'bank' },
	paynow: { name: 'PayNow', kind: 'phone' },
	paypal: { name: 'PayPal account', kind: 'account' },
	pix: { name: 'Pix', kind: 'phone' },
	promptpay: { name: 'PromptPay', kind: 'phone' },
	sepa: { name: 'SEPA debit', kind: 'bank' },
	swish: { name: 'Swish', kind: 'phone' },
	twint: { name: 'TWINT', kind: 'phone' },
	upi: { name: 'UPI', kind: 'phone' },
	wallet: { name: 'Phone wallets', kind: 'phone' },
	wechat_pay: { name: 'WeChat Pay', kind: 'phone' }
};

/** A way to pay by its name in the API; one that is new is written as it is. */
export function methodOf(key: string): Method {
	const words = key.replaceAll('_', ' ');
	return METHODS[key] ?? { name: words.charAt(0).toUpperCase() + words.slice(1), kind: 'account' };
}

/** Whom a browser can pay: purchases in apps begin in the app. */
export function payableHere(providers: readonly Provider[]): Provider[] {
	return providers.filter((each) => each.channel === 'web');
}
