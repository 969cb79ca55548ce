import {
	isNobody,
	type ChatEvent,
	type CheerEvent,
	type GiftEvent,
	type LoggedEvent,
	type ModerationEvent,
	type PaidMessageEvent,
	type ThanksEvent
} from './protocol';

/** A line of the chat: what was said, given or thanked for. Gifts of one streak are one line. */
export type Line = GiftLine | SaidLine | ThanksLine;
export type SaidLine = ChatEvent | PaidMessageEvent | CheerEvent;
export type ThanksLine = ThanksEvent & { id: string };
export type GiftLine = GiftEvent & {
	/** The newest gift in it. */
	lastSeq: number;
	/** The gift in it that brought the words. */
	wordsSeq: number | null;
};

export const LINES_MAX = 80;
/** A streak whose line is further back comes down again with its next gift. */
const STREAK_REACH = 30;

/** The lines after some events of the log, in order. The lines that were there are not changed. */
export function follow(lines: readonly Line[], events: readonly LoggedEvent[]): readonly Line[] {
	const next = [...lines];
	for (const event of events) add(next, event);
	return next.length > LINES_MAX ? next.slice(-LINES_MAX) : next;
}

function add(lines: Line[], event: LoggedEvent): void {
	switch (event.type) {
		case 'gift':
			return addGift(lines, event);
		case 'chat':
		case 'paid_message':
		case 'cheer':
			lines.push(event);
			return;
		case 'thanks':
			lines.push({ ...event, id: `thanks-${event.seq}` });
			return;
		case 'streak_end':
			return endStreak(lines, event.total.streak, event.total.count, event.total.coins);
		case 'unpin':
			return change(lines, event.target_seq, (line) =>
				line.type === 'paid_message' ? { ...line, pinned_until: null } : line
			);
		case 'moderation':
			return moderate(lines, event);
		case 'pin':
		case 'goal':
		case 'stream_end':
			return;
	}
}

function addGift(lines: Line[], event: GiftEvent): void {
	const index = lineOf(lines, event);
	const line = lines[index];
	if (line?.type !== 'gift') {
		lines.push({ ...event, lastSeq: event.seq, wordsSeq: event.message ? event.seq : null });
		return;
	}
	const more: GiftLine = {
		...line,
		count: line.count + event.count,
		coins: line.coins + event.coins,
		milli_diamonds: line.milli_diamonds + event.milli_diamonds,
		message: line.message ?? event.message,
		wordsSeq: line.wordsSeq ?? (event.message ? event.seq : null),
		first: line.first ?? event.first,
		lastSeq: event.seq
	};
	if (index >= lines.length - STREAK_REACH) lines[index] = more;
	else {
		lines.splice(index, 1);
		lines.push(more);
	}
}

/** The line of its streak; without a streak, the newest line if it is the same gift of the same person. */
function lineOf(lines: readonly Line[], event: GiftEvent): number {
	const end = lines.length;
	if (event.streak !== null)
		return lines.findLastIndex(
			(line) => line.type === 'gift' && line.streak === event.streak && sameGift(line, event)
		);
	const last = lines[end - 1];
	const joins =
		last?.type === 'gift' &&
		last.streak === null &&
		sameGift(last, event) &&
		!isNobody(event.sender) &&
		last.message === null &&
		event.message === null;
	return joins ? end - 1 : -1;
}

function sameGift(a: GiftEvent, b: GiftEvent): boolean {
	return (
		a.sender.id === b.sender.id && a.gift.id === b.gift.id && a.gift.version === b.gift.version
	);
}

/** The server has the last word on how many there were. */
function endStreak(lines: Line[], streak: string, count: number, coins: number): void {
	const index = lines.findLastIndex((line) => line.type === 'gift' && line.streak === streak);
	const line = lines[index];
	if (line?.type === 'gift' && line.count < count) lines[index] = { ...line, count, coins };
}

function change(lines: Line[], seq: number, how: (line: Line) => Line): void {
	const index = lines.findLastIndex((line) =>
		line.type === 'gift' ? line.wordsSeq === seq : line.seq === seq
	);
	const line = lines[index];
	if (line) lines[index] = how(line);
}

function moderate(lines: Line[], event: ModerationEvent): void {
	const { action, target_seq: seq, user } = event;
	if (action === 'remove' && typeof seq === 'number') change(lines, seq, removed);
	if (action === 'approve' && typeof seq === 'number')
		change(lines, seq, (line) => approved(line, event));
	if (action !== 'ban' || !user) return;
	for (const [index, line] of lines.entries())
		if (line.type !== 'thanks' && line.sender.id === user.id) lines[index] = removed(line);
}

/** Without its words. */
function removed(line: Line): Line {
	switch (line.type) {
		case 'gift':
			return { ...line, message: null };
		case 'paid_message':
			return { ...line, text: null, state: 'removed', pinned_until: null };
		case 'chat':
		case 'cheer':
			return { ...line, text: null };
		case 'thanks':
			return line;
	}
}

function approved(line: Line, { text, pinned_until }: ModerationEvent): Line {
	if (line.type !== 'paid_message' || line.state !== 'held') return line;
	return { ...line, state: 'shown', text: text ?? '', pinned_until: pinned_until ?? null };
}
