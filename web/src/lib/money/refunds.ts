import type { Answer, Order, Problem } from '$lib/api';
import { orderSteps, stateText, type OrderStep } from '$lib/topup/order-text';
import { formatCoins, formatDate, formatMoney, type IconName } from '$lib/ui';

export type RefundOffer = Answer<'/v1/orders/{id}/refund'>;
export type Refund = Answer<'/v1/orders/{id}/refunds'>['items'][number];
export type Refusal = NonNullable<RefundOffer['reason']>;
type Reason = Order['history'][number]['reason'];
type Tone = 'neutral' | 'good' | 'warn' | 'bad';
type StoreLink = { label: string; href: string };

const OPEN = new Set<Refund['state']>(['queued', 'pending', 'unsure']);

/** Whether it is not certain yet what becomes of it. */
export function isRunning(refund: Pick<Refund, 'state'>): boolean {
	return OPEN.has(refund.state);
}

/** What a page watches: it changes when a refund is made or moves on. */
export function standOf(refunds: readonly Pick<Refund, 'id' | 'state'>[]): string {
	return refunds.map((each) => `${each.id} ${each.state}`).join();
}

interface StateText {
	word: string;
	text: string;
	tone: Tone;
	icon: IconName;
}

/** How far a refund is, and what its buyer may expect. */
export function progressText(
	refund: Pick<Refund, 'state' | 'reason'>,
	provider: string
): StateText {
	switch (refund.state) {
		case 'queued':
			return {
				word: 'On its way',
				text: `We are asking ${provider} to pay the money back. You can leave this page.`,
				tone: 'neutral',
				icon: 'clock'
			};
		case 'pending':
			return {
				word: 'On its way',
				text: `${provider} is paying the money back. Banks may take some days to show it.`,
				tone: 'neutral',
				icon: 'clock'
			};
		case 'unsure':
			return {
				word: 'Being checked',
				text: `${provider} has not answered for long. Support looks into it; you need not ask again.`,
				tone: 'warn',
				icon: 'clock'
			};
		case 'done':
			return {
				word: 'Paid back',
				text: 'It goes the way you paid. Banks may take some days to show it.',
				tone: 'good',
				icon: 'check'
			};
		case 'failed':
			return {
				word: 'Failed',
				text:
					refund.reason === 'requested'
						? 'The money could not be paid back. The coins are in your wallet again, and you may ask once more.'
						: 'The money could not be paid back yet. Support looks into it; you need not do anything.',
				tone: 'bad',
				icon: 'warn'
			};
	}
}

/** What a refund is of. */
export function refundTitle(refund: Pick<Refund, 'reason' | 'coins' | 'coins_bonus'>): string {
	if (refund.reason === 'second_payment') return 'Second payment of this order';
	if (refund.reason === 'not_accepted') return 'Payment that was not accepted';
	return coinsText(refund.coins, refund.coins_bonus);
}

/** "120 coins and 10 bonus coins". */
export function coinsText(coins: number, bonus: number): string {
	const bought = `${formatCoins(coins)} ${coins === 1 ? 'coin' : 'coins'}`;
	if (bonus === 0) return bought;
	return `${bought} and ${formatCoins(bonus)} bonus ${bonus === 1 ? 'coin' : 'coins'}`;
}

/** What can be given back, in one sentence. */
export function offerText(offer: Pick<RefundOffer, 'coins' | 'coins_bonus' | 'amount'>): string {
	return `${coinsText(offer.coins, offer.coins_bonus)} for ${formatMoney(offer.amount)}`;
}

export interface RefusalText {
	text: string;
	action?: StoreLink;
}

const STORES: Record<string, StoreLink> = {
	app_store: { label: 'Ask Apple', href: 'https://reportaproblem.apple.com' },
	google_play: {
		label: 'Ask Google Play',
		href: 'https://play.google.com/store/account/orderhistory'
	}
};

/** Why nothing (more) can be given back, and what helps where something does. */
export function refusalText(
	reason: Refusal,
	about: { channel: string; until: string | null; owed: number; refunded: boolean }
): RefusalText {
	switch (reason) {
		case 'not_credited':
			return { text: 'No coins of this order were added, so there are none to give back.' };
		case 'already_refunded':
			return { text: 'All of this purchase was given back.' };
		case 'disputed':
			return {
				text: 'Your bank is looking into this payment. What it decides settles it: nothing else can be given back meanwhile.'
			};
		case 'refund_at_store':
			return {
				text: 'This was bought in an app: only its store can give the money back. When it does, the coins leave your wallet by themselves.',
				action: STORES[about.channel]
			};
		case 'not_offered':
			return {
				text: 'In the country of this purchase, coins are not turned back into money once they have come. Coins that were paid for and did not come are always put right.'
			};
		case 'provider_unavailable':
			return {
				text: 'The way you paid is closed just now, so nothing can be sent back by it. Please ask again later.'
			};
		case 'too_late':
			return {
				text: about.until
					? `Unused coins of this purchase could be given back until ${formatDate(about.until)}.`
					: 'The time to give these coins back is over.'
			};
		case 'wallet_owing':
			return {
				text: `Your wallet owes ${owedText(about.owed)}. Your next top-up pays them back; then you can ask again.`,
				action: { label: 'Top up', href: '/recharge' }
			};
		case 'wallet_frozen':
			return {
				text: 'Your wallet is on hold until support has looked at it. Then you can ask again.'
			};
		case 'coins_spent':
			return {
				text: about.refunded
					? 'The other coins of this purchase were given away.'
					: 'Coins of this purchase were given away, and what is left cannot be given back on its own.'
			};
		case 'too_few_unused':
			return { text: 'Too few coins of this purchase are left to be given back.' };
		case 'bonus_spent':
			return {
				text: 'Bonus coins came with this purchase and would go back with it, but they were given away.'
			};
	}
}

function owedText(coins: number): string {
	if (coins === 0) return 'coins';
	return coinsText(coins, 0);
}

/** A refused request, in words for whoever pressed the button. */
export function requestProblem(problem: Problem): { title: string; text: string } {
	if (problem.code === 'refund_changed' || problem.code === 'refund_not_possible') {
		return {
			title: 'This has just changed',
			text: 'Coins moved while you looked. Nothing was given back: please look again.'
		};
	}
	if (problem.code === 'network') {
		return {
			title: 'No connection',
			text: 'We do not know whether your request arrived. Press again: it is made once at most.'
		};
	}
	return { title: problem.title, text: problem.detail };
}

/** Where the refunds of an order stand by its history. */
export type RefundStanding = 'running' | 'part' | 'failed' | null;

const GIVEN = new Set<Reason>(['money_returned', 'partial_reversal', 'payment_refunded']);

export function refundStanding(order: Pick<Order, 'history' | 'state'>): RefundStanding {
	let running = 0;
	let given = 0;
	let failed = false;
	for (const { reason } of order.history) {
		if (reason === 'refund_requested') running += 1;
		else if (GIVEN.has(reason)) {
			if (reason === 'money_returned' && running > 0) running -= 1;
			given += 1;
			failed = false;
		} else if (reason === 'refund_failed') {
			if (running > 0) running -= 1;
			else given = Math.max(0, given - 1);
			failed = true;
		}
	}
	if (running > 0) return 'running';
	if (failed) return 'failed';
	return given > 0 && order.state === 'credited' ? 'part' : null;
}

const STANDING_TEXT: Record<NonNullable<RefundStanding>, string> = {
	running: 'Refund on its way',
	part: 'Partly given back',
	failed: 'A refund failed'
};

/** Whether all coins of an order left the wallet while the money is not back yet: the order's state alone says it is. */
export function isRefunding(order: Pick<Order, 'history' | 'state'>): boolean {
	return order.state === 'refunded' && refundStanding(order) === 'running';
}

const ASKED_FOR = new Set<Reason>(['refund_requested', 'money_returned']);

/** The steps of an order; what its buyer asked for is no failure, and money on its way is still to come. */
export function storyOf(order: Pick<Order, 'history' | 'state'>): OrderStep[] {
	const steps = orderSteps(order).map((step, index): OrderStep => {
		const reason = order.history[index]?.reason;
		return reason && ASKED_FOR.has(reason) ? { ...step, state: 'done' } : step;
	});
	if (refundStanding(order) === 'running') {
		steps.push({ label: 'Refund paid out to you', state: 'todo' });
	}
	return steps;
}

type Listed = Pick<Order, 'state' | 'held' | 'history'>;

/** How a purchase stands in a list: the state of its order, and what its refunds add to it. */
export function purchaseText(order: Listed): {
	word: string;
	tone: Tone;
	icon: IconName;
	note: string | null;
} {
	const { word, tone, icon } = stateText(order);
	const standing = refundStanding(order);
	if (isRefunding(order)) {
		return { word: 'Refunding', tone: 'neutral', icon: 'clock', note: null };
	}
	return { word, tone, icon, note: standing && STANDING_TEXT[standing] };
}

/** What a list of lots says of a purchase; null where it simply stands. */
export function lotBadge(order: Listed): { word: string; tone: Tone; icon: IconName } | null {
	const { word, tone, icon, note } = purchaseText(order);
	if (order.state !== 'credited') return { word, tone, icon };
	return note ? { word: note, tone: 'warn', icon: 'receipt' } : null;
}

const ABOUT_MONEY = new Set<Reason>(['coins_credited', 'second_payment', 'payment_returning']);

/** Whether there may be money to give back, or that is on its way: something was paid. */
export function mayRefund(order: Pick<Order, 'history'>): boolean {
	return order.history.some((step) => ABOUT_MONEY.has(step.reason));
}
