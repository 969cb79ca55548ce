import type { GiftEvent } from './protocol';

/** A screen reader hears about gifts at most this often. */
export const SAY_EVERY_MS = 5000;

/** Puts gifts into words for screen readers: politely, and not one by one when many arrive. */
export class Announcer {
	text = $state('');
	#waiting: GiftEvent[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	push(event: GiftEvent): void {
		this.#waiting.push(event);
		if (this.#timer === undefined) this.#say();
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#waiting = [];
	}

	#say(): void {
		const [first, ...more] = sums(this.#waiting);
		this.#waiting = [];
		this.#timer = undefined;
		if (!first) return;
		const others = more.length === 1 ? ' and one more gift' : ` and ${more.length} more gifts`;
		this.text = `${first}${more.length ? others : ''}.`;
		this.#timer = setTimeout(() => this.#say(), SAY_EVERY_MS);
	}
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
