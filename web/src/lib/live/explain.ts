import { formatCoins, formatDate } from '$lib/ui';
import { CHAT_WORDS } from './explain-chat';
import type { Refusal } from './refusal';

export type NextStep =
	'top_up' | 'sign_in' | 'wallet' | 'budget' | 'choose_again' | 'try_again' | null;

export interface Explanation {
	title: string;
	text: string;
	/** False when it is certain that no coins moved; null when the answer never came. */
	charged: false | null;
	next: NextStep;
}

export type Words = Omit<Explanation, 'charged'>;
type Explain = (refusal: Refusal) => Words;

const WORDS: Record<string, Explain> = {
	insufficient_coins: (refusal) => {
		const needed = refusal.figure('needed');
		const available = refusal.figure('available');
		const text =
			needed !== null && available !== null
				? `This takes ${formatCoins(needed)} coins and you have ${formatCoins(available)}.`
				: 'You have fewer coins than this takes.';
		return { title: 'Not enough coins', text, next: 'top_up' };
	},
	budget_exceeded: (refusal) => {
		const budget = refusal.figure('monthly_coins');
		const resets = refusal.figures['resets_at'];
		const limit = budget === null ? 'your monthly budget' : `your ${formatCoins(budget)} coins`;
		const until = typeof resets === 'string' ? ` It starts afresh on ${formatDate(resets)}.` : '';
		return {
			title: 'That is over your budget',
			text: `This would go beyond ${limit} for this month.${until}`,
			next: 'budget'
		};
	},
	underage: ({ detail }) => ({
		title: 'Gifts are for adults',
		text: detail || 'You are not old enough to send gifts in your country.',
		next: null
	}),
	country_closed: ({ detail }) => ({
		title: 'Not open in your country yet',
		text: detail || 'Gifts cannot be sent from your country.',
		next: null
	}),
	wallet_frozen: ({ detail }) => ({
		title: 'Your wallet is on hold',
		text: detail || 'A payment was taken back. Your wallet says what is owed.',
		next: 'wallet'
	}),
	self_gift: () => ({
		title: 'This is your own stage',
		text: 'You cannot send gifts to yourself.',
		next: null
	}),
	gifts_not_enabled: () => ({
		title: 'Gifts are off here',
		text: 'The creator has not switched gifts on.',
		next: null
	}),
	room_closed: () => ({
		title: 'The stream has ended',
		text: 'The curtain fell before your gift arrived.',
		next: null
	}),
	gift_gone: () => ({
		title: 'This gift is no longer sold',
		text: 'The gift list has been refreshed. Choose another one.',
		next: 'choose_again'
	}),
	gift_not_found: () => ({
		title: 'This gift is no longer sold',
		text: 'The gift list has been refreshed. Choose another one.',
		next: 'choose_again'
	}),
	gift_changed: (refusal) => {
		const coins = refusal.figure('coins');
		const now = coins === null ? '' : ` It now costs ${formatCoins(coins)} coins.`;
		return {
			title: 'The price has changed',
			text: `You would have paid something else than you saw.${now} Check it and send again.`,
			next: 'choose_again'
		};
	},
	count_out_of_range: (refusal) => {
		const max = refusal.figure('count_max');
		return {
			title: 'Too many at once',
			text: max === null ? 'Send fewer at a time.' : `Send at most ${max} at a time.`,
			next: null
		};
	},
	post_gift_out_of_range: (refusal) => {
		const min = refusal.figure('coins_min');
		const max = refusal.figure('coins_max');
		const range =
			min === null || max === null
				? ''
				: ` It takes ${formatCoins(min)} to ${formatCoins(max)} coins.`;
		return {
			title: 'Not on a post',
			text: `A gift on a post is neither that small nor that large.${range}`,
			next: null
		};
	},
	gift_id_out_of_time: () => ({
		title: 'Your clock is wrong',
		text: 'The time of this device is too far from the real one. Set it and send again.',
		next: 'try_again'
	}),
	too_fast: () => ({ title: 'Too fast', text: 'Take a breath and go on.', next: 'try_again' }),
	unauthenticated: () => ({
		title: 'Sign in first',
		text: 'Gifts and chat need an account.',
		next: 'sign_in'
	}),
	session_expired: () => ({
		title: 'You have been signed out',
		text: 'Your session has ended. Sign in again to go on.',
		next: 'sign_in'
	}),
	network: () => ({
		title: 'No connection',
		text: 'The server cannot be reached. Nothing left this device.',
		next: 'try_again'
	})
};

/** A refused gift in words: what happened, whether anything was charged, what to do. */
export function explain(refusal: Refusal): Explanation {
	if (refusal.code === 'unanswered' || refusal.code === 'left_room') {
		return {
			title: 'The answer did not arrive',
			text: 'The connection broke while it was on its way. Your wallet shows whether it was paid for.',
			charged: null,
			next: 'wallet'
		};
	}
	const words = (WORDS[refusal.code] ?? CHAT_WORDS[refusal.code])?.(refusal) ?? {
		title: 'That did not work',
		text: refusal.detail || 'It was not accepted.',
		next: null
	};
	return { ...words, charged: false };
}
