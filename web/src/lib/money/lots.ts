import type { Lot, Order } from '$lib/api';
import { formatCoins } from '$lib/ui';

export interface LotPart {
	kind: 'spent' | 'left' | 'back';
	label: string;
	coins: number;
	/** Of the coins bought, from 0 to 1. */
	part: number;
}

const LABELS: Record<LotPart['kind'], string> = {
	spent: 'Spent',
	left: 'Left',
	back: 'Taken back'
};

/** What became of the coins of a purchase; spent and left are always told, taken back only when there is any. */
export function lotParts(lot: Lot): LotPart[] {
	const coins = { spent: lot.coins_spent, left: lot.coins_left, back: lot.coins_refunded };
	return (['spent', 'left', 'back'] as const)
		.filter((kind) => kind !== 'back' || coins.back > 0)
		.map((kind) => ({
			kind,
			label: LABELS[kind],
			coins: coins[kind],
			part: lot.coins_bought > 0 ? coins[kind] / lot.coins_bought : 0
		}));
}

/** The bar in words. */
export function lotSentence(lot: Lot): string {
	const parts = lotParts(lot).map(
		(each) => `${formatCoins(each.coins)} ${each.label.toLowerCase()}`
	);
	return `Of ${formatCoins(lot.coins_bought)} coins: ${parts.join(', ')}`;
}

export interface Note {
	title: string;
	text: string;
}

type Reason = Order['history'][number]['reason'];
/** What moves the coins of a purchase after they came. */
const MOVES = new Set<Reason>([
	'payment_disputed',
	'dispute_won',
	'payment_refunded',
	'partial_reversal',
	'refund_requested',
	'refund_failed'
]);

/** Why coins of a purchase left or came back, where its order says so: what happened last. */
export function lotNote(lot: Lot, order: Pick<Order, 'history'> | null): Note | null {
	const last = order?.history.findLast((step) => MOVES.has(step.reason))?.reason;
	if (last === 'dispute_won') {
		return {
			title: 'The payment stands again',
			text: 'It was disputed, and the dispute was decided for the payment. The coins taken back then are in your wallet again, behind all coins you had by that day: they are spent after those.'
		};
	}
	if (last === 'refund_failed') {
		return {
			title: 'The refund did not go through',
			text: 'The coins that had been taken back for it are in your wallet again, behind all coins you had by that day: they are spent after those.'
		};
	}
	const back = `${formatCoins(lot.coins_refunded)} ${lot.coins_refunded === 1 ? 'coin' : 'coins'}`;
	if (last === 'payment_disputed') return disputeNote(lot, back);
	// What its buyer asked for is told by the refund itself.
	if (lot.coins_refunded === 0 || last === 'refund_requested') return null;
	return {
		title: `${back} taken back`,
		text: 'The payment was given back, wholly or in part. Coins of it that were not spent left your wallet.'
	};
}

function disputeNote(lot: Lot, back: string): Note {
	if (lot.coins_refunded === 0) {
		return {
			title: 'The payment was disputed',
			text: 'Your bank took the payment back when all its coins had been given away. Gifts that creators could not cash out yet lost their diamonds; what was left is owed.'
		};
	}
	return {
		title: `${back} taken back`,
		text: 'The payment was disputed. Coins of it that were not spent left your wallet.'
	};
}

/** "Sandbox" from `sandbox`: a provider is known by its name. */
export function providerName(provider: string): string {
	return provider.charAt(0).toUpperCase() + provider.slice(1);
}
