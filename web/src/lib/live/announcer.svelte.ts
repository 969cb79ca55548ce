import { formatCoins } from '$lib/ui';
import type { GiftEvent, RoomEvent } from './protocol';

/** A screen reader hears about the room at most this often. */
export const SAY_EVERY_MS = 5000;
/** Besides gifts, so many things are said at a time. */
const NEWS_MAX = 3;

/** Puts a room into words for screen readers: politely, and not one by one when much happens. */
export class Announcer {
	text = $state('');
	#gifts: GiftEvent[] = [];
	#news: string[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	push(event: RoomEvent): void {
		if (event.type === 'gift') this.#gifts.push(event);
		else {
			const words = inWords(event);
			if (words === null || this.#news.length >= NEWS_MAX) return;
			this.#news.push(words);
		}
		if (this.#timer === undefined) this.#say();
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#gifts = [];
		this.#news = [];
	}

	#say(): void {
		const said = [...this.#news, ...summary(this.#gifts)];
		this.#gifts = [];
		this.#news = [];
		this.#timer = undefined;
		if (!said.length) return;
		this.text = said.map((words) => `${words}.`).join(' ');
		this.#timer = setTimeout(() => this.#say(), SAY_EVERY_MS);
	}
}

function inWords(event: RoomEvent): string | null {
	switch (event.type) {
		case 'paid_message':
			return `${event.sender.display_name} paid ${formatCoins(event.coins)} coins for a message${event.text ? `: ${event.text}` : ''}`;
		case 'cheer':
			return `${event.sender.display_name} cheers with ${formatCoins(event.coins)} coins`;
		case 'streak_end':
			return `${event.total.sender.display_name} ends a streak of ${event.total.count} ${event.total.gift.name}`;
		case 'goal':
			return event.goal.state === 'reached' ? `The goal ${event.goal.title} is reached` : null;
		case 'thanks':
			return `${event.user.display_name} is thanked${event.text ? `: ${event.text}` : ''}`;
		case 'stream_end':
			return 'The stream has ended';
		default:
			return null;
	}
}

function summary(events: readonly GiftEvent[]): string[] {
	const [first, ...more] = sums(events);
	if (!first) return [];
	const others = more.length === 1 ? ' and one more gift' : ` and ${more.length} more gifts`;
	return [`${first}${more.length ? others : ''}`];
}

/** "Ada sent 5 Rose", the dearest first; repeats of one person and gift as one. */
function sums(events: readonly GiftEvent[]): string[] {
	const groups = new Map<string, { name: string; gift: string; count: number; coins: number }>();
	for (const { sender, gift, count, coins } of events) {
		const key = `${sender.id} ${gift.id}`;
		const group = groups.get(key) ?? {
			name: sender.display_name,
			gift: gift.name,
			count: 0,
			coins: 0
		};
		group.count += count;
		group.coins += coins;
		groups.set(key, group);
	}
	return [...groups.values()]
		.sort((a, b) => b.coins - a.coins)
		.map(({ name, gift, count }) => `${name} sent ${count === 1 ? '' : `${count} `}${gift}`);
}
