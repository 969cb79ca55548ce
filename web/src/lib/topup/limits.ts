import { formatCoins, formatDateTime } from '$lib/ui';
import type { Limits } from './types';

export interface LimitNote {
	/** What is chosen does not fit any more. */
	over: boolean;
	title: string;
	text: string;
}

/** From this part of a limit on, a buyer is told how much is left. */
const NEAR_PART = 0.25;
const NEAR_ORDERS = 2;

/** What to say about the limits on buying, with so many coins chosen; null while they are far away. */
export function limitNote(limits: Limits | null, coins: number | null): LimitNote | null {
	if (!limits) return null;
	return ordersNote(limits) ?? coinsNote(limits, coins);
}

function ordersNote({ items }: Limits): LimitNote | null {
	const tight = items
		.filter((each) => each.measure === 'orders' && each.left <= NEAR_ORDERS)
		.sort((a, b) => a.left - b.left)[0];
	if (!tight) return null;
	const more = tight.more_at ? ` There is room again from ${formatDateTime(tight.more_at)}.` : '';
	if (tight.left === 0) {
		return { over: true, title: 'No more orders just now', text: `${tight.text}${more}` };
	}
	const left = tight.left === 1 ? 'One more order' : `${tight.left} more orders`;
	return { over: false, title: `${left} for now`, text: tight.text };
}

function coinsNote(limits: Limits, coins: number | null): LimitNote | null {
	const { coins_left: left, resets_at, account_new_until } = limits;
	if (left === null) return null;
	const tight = limits.items.find((each) => each.measure === 'coins' && each.left === left);
	const over = coins !== null && coins > left;
	if (!over && tight && left > tight.amount * NEAR_PART) return null;
	const parts = [tight?.text];
	if (resets_at) parts.push(`All of it is free again from ${formatDateTime(resets_at)}.`);
	if (account_new_until) {
		parts.push(`The limit of new accounts ends ${formatDateTime(account_new_until)}.`);
	}
	const title =
		left === 0
			? 'No more coins can be bought just now'
			: `You can buy ${formatCoins(left)} more ${left === 1 ? 'coin' : 'coins'} now`;
	return { over, title, text: parts.filter(Boolean).join(' ') };
}
