import type { FeedEvent } from './room.svelte';

/** The feed for reading: gifts that follow each other from one person, of one kind, are one line. */
export function folded(feed: readonly FeedEvent[]): FeedEvent[] {
	const lines: FeedEvent[] = [];
	for (const event of feed) {
		const last = lines.at(-1);
		const joined = last && join(last, event);
		if (joined) lines[lines.length - 1] = joined;
		else lines.push(event);
	}
	return lines;
}

/** Both as one line, which keeps the first one's id and so grows in place; null when they differ. */
function join(last: FeedEvent, event: FeedEvent): FeedEvent | null {
	if (last.type !== 'gift' || event.type !== 'gift') return null;
	const same = last.sender.id === event.sender.id && last.gift.id === event.gift.id;
	if (!same || last.message !== null || event.message !== null) return null;
	return { ...last, count: last.count + event.count };
}
