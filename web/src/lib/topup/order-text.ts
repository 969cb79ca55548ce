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
	dispute_won: 'The dispute was decided for the payment: its coins are back'
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

/** Whether the order may still change by itself, so that a page should look again. */
export function isOpen(state: OrderState): boolean {
	return OPEN_STATES.has(state);
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
	if (isOpen(order.state)) steps.push({ label: 'Coins in your wallet', state: 'todo' });
	return steps;
}
