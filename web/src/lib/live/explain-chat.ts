import { formatCoins } from '$lib/ui';
import type { Words } from './explain';
import type { Refusal } from './refusal';
import { inWords } from './time-left';

/** Why something was not said, in words. */
export const CHAT_WORDS: Record<string, (refusal: Refusal) => Words> = {
	chat_empty: () => ({ title: 'Nothing to send', text: 'Write something first.', next: null }),
	chat_too_long: () => ({ title: 'Too long', text: 'Make it shorter.', next: null }),
	cheer_too_long: () => ({ title: 'Too long', text: 'Make the cheer shorter.', next: null }),
	slow_mode: (refusal) => {
		const wait_s = refusal.figure('retry_after_s');
		const when = wait_s === null ? 'in a moment' : `in ${inWords(wait_s)}`;
		return {
			title: 'Slow mode',
			text: `The creator lets everybody write now and then only. Your turn is ${when}.`,
			next: 'try_again'
		};
	},
	followers_only: () => ({
		title: 'For followers',
		text: 'Only followers may write here. Follow the creator and send it again.',
		next: null
	}),
	links_off: () => ({
		title: 'No links here',
		text: 'The creator does not allow addresses of web pages. Take it out and send again.',
		next: null
	}),
	word_blocked: () => ({
		title: 'Not in these words',
		text: 'There is a word in it that the creator does not want to read here.',
		next: null
	}),
	muted: (refusal) => {
		const until = refusal.figures['muted_until'];
		const at = typeof until === 'string' ? new Date(until) : null;
		const when = at
			? ` You can write again at ${at.toLocaleTimeString([], { timeStyle: 'short' })}.`
			: '';
		return {
			title: 'You are muted',
			text: `A moderator asked you for a pause.${when}`,
			next: null
		};
	},
	banned: () => ({
		title: 'You are banned here',
		text: 'You can watch, but neither write nor give in the rooms of this creator.',
		next: null
	}),
	message_coins_out_of_range: () => ({
		title: 'Not with so many coins',
		text: 'Choose another number of coins for the message.',
		next: null
	}),
	paid_message_too_long: () => ({
		title: 'Too long for these coins',
		text: 'Make it shorter, or choose more coins: they buy more room.',
		next: null
	}),
	too_many_emoji: () => ({
		title: 'Too many emoji',
		text: 'Leave some out, or choose more coins: they buy more of them.',
		next: null
	}),
	cheer_changed: (refusal) => {
		const coins = refusal.figure('coins');
		const now = coins === null ? '' : ` The server counts ${formatCoins(coins)} coins.`;
		return {
			title: 'The cheer costs something else',
			text: `You were shown another sum.${now} Check it and send again.`,
			next: null
		};
	},
	cheer_out_of_range: () => ({
		title: 'Too much for one cheer',
		text: 'Take some of the marks out, or make two messages of it.',
		next: null
	}),
	no_cheer: () => ({
		title: 'No cheer in it',
		text: 'There is no cheer mark in the text. Send it as chat; that costs nothing.',
		next: null
	}),
	thanked_before: () => ({
		title: 'Thanked already',
		text: 'You have thanked for this one. Once is enough to be remembered.',
		next: null
	}),
	cannot_moderate: () => ({
		title: 'Not with this person',
		text: 'Nobody moderates the creator, another moderator or an operator.',
		next: null
	}),
	not_a_moderator: () => ({
		title: 'You are no moderator here',
		text: 'Only the creator and the moderators of this room may do that.',
		next: null
	}),
	message_not_held: () => ({
		title: 'It does not wait any more',
		text: 'Somebody else has decided about this message.',
		next: null
	}),
	streak_ended: () => ({
		title: 'The streak is over',
		text: 'Tap again to begin another one.',
		next: 'try_again'
	})
};
