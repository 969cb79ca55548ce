import type { CreatorStatement, WalletStatement } from '$lib/api';
import type { MoneyValue } from '$lib/ui';

type Held = WalletStatement['opening'];
type Entry = WalletStatement['entries'][number];

export interface LedgerRow {
	id: string;
	role: 'balance' | 'entry' | 'gifts';
	what: string;
	at: string | null;
	order_id: string | null;
	coins_paid: number;
	coins_bonus: number;
	coins_owed: number;
	total: MoneyValue | null;
	tax: MoneyValue | null;
}

const ENTRIES: Record<string, string> = {
	top_up: 'Top-up',
	refund: 'Refund',
	chargeback: 'Disputed payment',
	restored: 'Coins came back',
	grant_bonus: 'Free coins',
	lapse: 'Bonus coins lapsed'
};

/** A kind that came after this page was built is told by its own name. */
export function entryText(kind: string): string {
	const words = kind.replaceAll('_', ' ');
	return ENTRIES[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The month from its opening to its closing balance: every column adds up. */
export function ledgerRows(statement: WalletStatement, closing: string): LedgerRow[] {
	const { gifts } = statement;
	const given: LedgerRow = {
		...blank('gifts', 'gifts', givenText(gifts.count)),
		coins_paid: -gifts.coins_paid,
		coins_bonus: -gifts.coins_bonus
	};
	return [
		balance('opening', 'At the start', statement.opening),
		...statement.entries.map(entry),
		...(gifts.count > 0 ? [given] : []),
		balance('closing', closing, statement.closing)
	];
}

export function givenText(gifts: number): string {
	return `${gifts} ${gifts === 1 ? 'gift' : 'gifts'} given`;
}

export function coinsHeld(held: Held): number {
	return held.coins_paid + held.coins_bonus;
}

export interface MoneySum {
	paid: MoneyValue;
	/** Paid back, as a positive amount. */
	back: MoneyValue;
	/** Of what was paid and not paid back. */
	tax: MoneyValue;
}

/** What was paid in the month and what came back, currency by currency. */
export function moneySums(entries: readonly Entry[]): MoneySum[] {
	const sums = new Map<string, { paid: number; back: number; tax: number }>();
	for (const { total, tax } of entries) {
		if (!total) continue;
		const sum = sums.get(total.currency) ?? { paid: 0, back: 0, tax: 0 };
		if (total.amount_minor >= 0) sum.paid += total.amount_minor;
		else sum.back -= total.amount_minor;
		sum.tax += tax?.amount_minor ?? 0;
		sums.set(total.currency, sum);
	}
	return [...sums].map(([currency, sum]) => ({
		paid: { amount_minor: sum.paid, currency },
		back: { amount_minor: sum.back, currency },
		tax: { amount_minor: sum.tax, currency }
	}));
}

/** Whether anything happened in the month. */
export function isQuiet(statement: WalletStatement): boolean {
	return statement.entries.length === 0 && statement.gifts.count === 0;
}

export function diamondsHeld(held: CreatorStatement['opening']): number {
	return held.pending_milli_diamonds + held.available_milli_diamonds + held.held_milli_diamonds;
}

function blank(id: string, role: LedgerRow['role'], what: string): LedgerRow {
	return {
		id,
		role,
		what,
		at: null,
		order_id: null,
		coins_paid: 0,
		coins_bonus: 0,
		coins_owed: 0,
		total: null,
		tax: null
	};
}

function balance(id: string, what: string, held: Held): LedgerRow {
	return { ...blank(id, 'balance', what), ...held };
}

function entry(each: Entry): LedgerRow {
	return {
		...blank(`${each.kind}-${each.id}`, 'entry', entryText(each.kind)),
		at: each.at,
		order_id: each.order_id,
		coins_paid: each.coins_paid,
		coins_bonus: each.coins_bonus,
		coins_owed: each.coins_owed,
		total: each.total,
		tax: each.tax
	};
}
