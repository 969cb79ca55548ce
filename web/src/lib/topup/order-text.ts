import type { Order, OrderState } from '$lib/api';
import type { IconName } from '$lib/ui';

interface StateText {
	/** One word, for lists and badges. */
	word: string;
	title: string;
	text: string;
	tone: 'neutral' | 'good' | 'warn' | 'bad';
	icon: IconName;
}

/** What each state of an order means for its buyer, and what to do. */
export const STATE_TEXT: Record<OrderState, StateText> = {
	created: {
		word: 'Open',
		icon: 'clock',
		title: 'Waiting for your payment',
		text: 'Nothing has been charged yet. Finish the payment, or leave: the order ends by itself.',
		tone: 'neutral'
	},
	pending: {
		word: 'Open',
		icon: 'clock',
		title: 'Waiting for the payment',
		text: 'The payment provider has not confirmed a payment yet. If you have paid, you can close this page: the coins arrive by themselves.',
		tone: 'neutral'
	},
	paid: {
		word: 'Paid',
		icon: 'clock',
		title: 'Paid, coins on their way',
		text: 'Your payment arrived. The coins are being added to your wallet now.',
		tone: 'neutral'
	},
	credited: {
		word: 'Done',
		icon: 'check',
		title: 'The coins are in your wallet',
		text: 'The payment went through once and the coins were added once.',
		tone: 'good'
	},
	failed: {
		word: 'Not paid',
		icon: 'close',
		title: 'The payment did not go through',
		text: 'Nothing was charged, and no coins were added.',
		tone: 'bad'
	},
	expired: {
		word: 'Expired',
		icon: 'clock',
		title: 'The order ran out of time',
		text: 'Nothing was charged. If a payment still arrives, the coins are added anyway.',
		tone: 'warn'
	},
	refunded: {
		word: 'Refunded',
		icon: 'receipt',
		title: 'The payment was given back',
		text: 'The money returned to you and the unused coins of this order were taken out of your wallet.',
		tone: 'warn'
	},
	disputed: {
		word: 'Disputed',
		icon: 'warn',
		title: 'The payment is disputed',
		text: 'Your bank took the payment back. Unused coins of this order were taken out of your wallet. Gifts made with it lose their diamonds where creators could not cash them out yet; other coins already given are owed, and sending gifts waits until that is settled.',
		tone: 'bad'
	}
};

const HELD: StateText = {
	word: 'In review',
	icon: 'shield',
	title: 'Paid, and being looked at',
	text: 'Your payment arrived. Somebody takes a look at it before the coins are added. You need not pay again, and this page shows what comes of it.',
	tone: 'warn'
};
const RETURNING: StateText = {
	word: 'Returning',
	icon: 'receipt',
	title: 'Your money is on its way back',
	text: 'This payment was not accepted, and no coins were added for it. Banks may take some days to show the money.',
	tone: 'warn'
};
const RETURNED: StateText = {
	...STATE_TEXT.refunded,
	text: 'This payment was not accepted. The money returned to you, and no coins were added for it.'
};

/** How an order stands, with what its state alone does not say: held, on its way back, given back uncredited. */
export function stateText(order: Pick<Order, 'state' | 'held' | 'history'>): StateText {
	const has = (reason: Reason) => order.history.some((step) => step.reason === reason);
	if (order.state === 'refunded' && has('payment_returned')) return RETURNED;
	if (order.state !== 'paid') return STATE_TEXT[order.state];
	if (has('payment_returning')) return RETURNING;
	return order.held ? HELD : STATE_TEXT.paid;
}

type Reason = Order['history'][number]['reason'];

const REASON_TEXT: Record<Reason, string> = {
	order_created: 'Order made',
	checkout_opened: 'Payment page opened',
	payment_succeeded: 'The provider confirmed the payment',
	coins_credited: 'Coins added to your wallet',
	payment_declined: 'The card was declined',
	payment_abandoned: 'The payment page was left',
	order_expired: 'No payment came in time',
	paid_after_expiry: 'The payment arrived late and was accepted',
	payment_refunded: 'The payment was refunded',
	payment_disputed: 'The payment was disputed',
	payment_mismatch: 'A payment of another amount came: no coins were added for it',
	second_payment: 'A second payment came: no coins were added twice',
	partial_reversal: 'Part of the payment was given back',
	refund_failed: 'The refund did not go through: its coins are back',
	dispute_won: 'The dispute was decided for the payment: its coins are back',
	refund_requested: 'You asked for a refund: its coins were taken out',
	money_returned: 'The refund was paid out to you',
	second_payment_returned: 'The second payment was given back',
	payment_returning: 'The payment was not accepted: it is being given back',
	payment_returned: 'The payment was given back',
	return_failed: 'A payment could not be given back: support looks into it',
	held_for_review: 'Somebody takes a look at the payment first',
	payer_country_differs: 'Paid from another country than the order was made for',
	released: 'The payment was looked at and is fine',
	repriced_by_store: 'The app store charged its own price for these coins'
};

export function reasonText(reason: Reason): string {
	return REASON_TEXT[reason];
}

export interface OrderStep {
	label: string;
	state: 'done' | 'current' | 'todo' | 'failed';
	at?: string;
}

/** Whether the payment page of the order still takes another try: a declined card may be changed, a page that was left is closed. */
export function mayPay(order: Pick<Order, 'state' | 'history' | 'checkout_url'>): boolean {
	if (order.checkout_url === null) return false;
	if (order.state === 'created' || order.state === 'pending') return true;
	return order.state === 'failed' && order.history.at(-1)?.reason === 'payment_declined';
}

const BAD_STATES: ReadonlySet<OrderState> = new Set(['failed', 'expired', 'refunded', 'disputed']);
const OPEN_STATES: ReadonlySet<OrderState> = new Set(['created', 'pending', 'paid']);

/** Whether the order is about to change by itself, so that a page should look again soon. */
export function isOpen(state: OrderState): boolean {
	return OPEN_STATES.has(state);
}

const SETTLED_STATES: ReadonlySet<OrderState> = new Set(['credited', 'refunded', 'disputed']);

/** Whether its buyer may wonder where the coins are. */
export function lacksCoins(order: Pick<Order, 'state'>): boolean {
	return !SETTLED_STATES.has(order.state);
}

/** Whether there is a receipt: its coins were credited once, whatever came of it later. */
export function hasReceipt(order: Pick<Order, 'history'>): boolean {
	return order.history.some((step) => step.reason === 'coins_credited');
}

/** What happened, oldest first, and what is still to come. */
export function orderSteps(order: Pick<Order, 'state' | 'history'>): OrderStep[] {
	const last = order.history.length - 1;
	const steps = order.history.map((step, index): OrderStep => {
		const failed = BAD_STATES.has(step.state);
		const running = index === last && isOpen(order.state);
		const state = failed ? 'failed' : running ? 'current' : 'done';
		return { label: reasonText(step.reason), state, at: step.at };
	});
	if (order.state === 'created' || order.state === 'pending') {
		steps.push({ label: 'Payment confirmed', state: 'todo' });
	}
	const returning = order.history.some((step) => step.reason === 'payment_returning');
	if (isOpen(order.state)) {
		steps.push({ label: returning ? 'Money given back' : 'Coins in your wallet', state: 'todo' });
	}
	return steps;
}
