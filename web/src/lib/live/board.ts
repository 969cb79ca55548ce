import type {
	ChatRules,
	Goal,
	ModerationEvent,
	PaidMessageEvent,
	Person,
	PinEvent,
	Playback,
	RoomEvent,
	RoomState,
	StreakTotal,
	Supporter,
	ViewerRole
} from './protocol';

/** How a room stands, apart from the lines of its chat. */
export interface Board {
	readonly title: string;
	readonly creator: Person;
	/** Where the picture comes from; null: there is none. */
	readonly playback: Playback | null;
	readonly ended: boolean;
	readonly gifting: boolean;
	readonly viewers: number;
	readonly supporters: readonly Supporter[];
	/** Those that are open. */
	readonly streaks: readonly StreakTotal[];
	/** Paid messages on top that are known here, the dearest first; `onTop` says which of them are shown. */
	readonly pinned: readonly PaidMessageEvent[];
	/** So many of them are shown at once. */
	readonly pinnedMax: number;
	readonly pin: PinEvent | null;
	readonly goals: readonly Goal[];
	/** Null in rooms without chat. */
	readonly rules: ChatRules | null;
	readonly you: ViewerRole | null;
	/** Paid messages that wait for a moderator, the oldest first; texts are for moderators only. */
	readonly held: readonly PaidMessageEvent[];
}

export function boardOf(room: RoomState, you: ViewerRole | null = null): Board {
	return {
		title: room.title,
		creator: room.creator,
		playback: room.playback,
		ended: room.state === 'ended',
		gifting: room.gifting,
		viewers: room.viewers,
		supporters: room.supporters,
		streaks: room.streaks,
		pinned: room.pinned,
		pinnedMax: room.pinned_max,
		pin: room.pin,
		goals: room.goals,
		rules: room.chat_rules,
		you,
		held: room.recent.filter(
			(event): event is PaidMessageEvent => event.type === 'paid_message' && event.state === 'held'
		)
	};
}

/** The board after one event. `me` is the id of the one who looks, when signed in. */
export function apply(board: Board, event: RoomEvent, me: string | null = null): Board {
	switch (event.type) {
		case 'viewer_count':
			return { ...board, viewers: event.count };
		case 'supporters':
			return { ...board, supporters: event.items };
		case 'gifting':
			return { ...board, gifting: event.enabled };
		case 'streak':
			return { ...board, streaks: withStreak(board.streaks, event.total) };
		case 'streak_end':
			return { ...board, streaks: board.streaks.filter((one) => !sameStreak(one, event.total)) };
		case 'paid_message':
			return withPaid(board, event);
		case 'pin':
			return { ...board, pin: event.text === null ? null : event };
		case 'unpin':
			return unpinned(board, event.target_seq);
		case 'on_top':
			return { ...board, pinned: event.items.reduce(withPinned, board.pinned) };
		case 'goal':
		case 'goal_progress':
			return { ...board, goals: withGoal(board.goals, event.goal) };
		case 'moderation':
			return moderated(board, event, me);
		case 'stream_update':
			return { ...board, title: event.title, playback: event.playback };
		case 'stream_end':
			return { ...board, ended: true, gifting: false };
		// Lines of the chat, or of the moment only.
		case 'gift':
		case 'chat':
		case 'cheer':
		case 'thanks':
		case 'entrance':
		case 'banner':
			return board;
		default:
			return unknown(board, event);
	}
}

const noted = new Set<string>();

/** Of a newer server: left out, and noted once. */
function unknown(board: Board, event: never): Board {
	const { type } = event as { type?: unknown };
	const name = String(type);
	if (!noted.has(name)) {
		noted.add(name);
		console.info(`Largesse: an event of a kind this page does not know: ${name}`);
	}
	return board;
}

export function sameStreak(a: StreakTotal, b: StreakTotal): boolean {
	return a.streak === b.streak && a.sender.id === b.sender.id && a.gift.id === b.gift.id;
}

function withStreak(streaks: readonly StreakTotal[], total: StreakTotal): readonly StreakTotal[] {
	const known = streaks.some((one) => sameStreak(one, total));
	if (!known) return [...streaks, total];
	return streaks.map((one) => (sameStreak(one, total) ? total : one));
}

function withPaid(board: Board, event: PaidMessageEvent): Board {
	if (event.state === 'held') return { ...board, held: [...board.held, event] };
	if (event.pinned_until === null) return board;
	return { ...board, pinned: withPinned(lasting(board.pinned, event.at), event) };
}

/** The dearest first; of equals the newest. */
function withPinned(
	pinned: readonly PaidMessageEvent[],
	event: PaidMessageEvent
): readonly PaidMessageEvent[] {
	return [...without(pinned, event.seq), event].sort((a, b) => b.coins - a.coins || b.seq - a.seq);
}

/** So many may be kept before those whose time is over are let go: a clock may have jumped for a moment. */
const PINNED_KEPT = 500;

function lasting(pinned: readonly PaidMessageEvent[], at: string): readonly PaidMessageEvent[] {
	if (pinned.length < PINNED_KEPT) return pinned;
	const at_ms = Date.parse(at);
	return pinned.filter(({ pinned_until: until }) => until !== null && Date.parse(until) > at_ms);
}

/** The paid messages that are shown, by how long each of them still has; the snapshot of that moment has the same. */
export function onTop(
	{ pinned, pinnedMax }: Pick<Board, 'pinned' | 'pinnedMax'>,
	left_ms: (until: string) => number
): { message: PaidMessageEvent; left_ms: number }[] {
	return pinned
		.map((message) => ({
			message,
			left_ms: message.pinned_until === null ? 0 : left_ms(message.pinned_until)
		}))
		.filter((one) => one.left_ms > 0)
		.slice(0, pinnedMax);
}

function without(
	messages: readonly PaidMessageEvent[],
	seq: number | null | undefined
): readonly PaidMessageEvent[] {
	return messages.filter((message) => message.seq !== seq);
}

function unpinned(board: Board, seq: number | null | undefined): Board {
	const pin = board.pin?.target_seq === seq ? null : board.pin;
	return { ...board, pin, pinned: without(board.pinned, seq) };
}

function withGoal(goals: readonly Goal[], goal: Goal): readonly Goal[] {
	if (goal.state === 'cancelled') return goals.filter(({ id }) => id !== goal.id);
	if (!goals.some(({ id }) => id === goal.id)) return [...goals, goal];
	return goals.map((one) => (one.id === goal.id ? goal : one));
}

function moderated(board: Board, event: ModerationEvent, me: string | null): Board {
	const { action, target_seq: seq, user } = event;
	switch (action) {
		case 'rules':
			return { ...board, rules: event.rules ?? board.rules };
		case 'remove':
			return { ...unpinned(board, seq), held: without(board.held, seq) };
		case 'approve':
			return approved(board, event);
		case 'ban':
			return user ? yours(silenced(board, user), event, me) : board;
		default:
			return yours(board, event, me);
	}
}

function approved(board: Board, event: ModerationEvent): Board {
	const held = without(board.held, event.target_seq);
	const message = event.message ?? null;
	const pinned = message?.pinned_until ? withPinned(board.pinned, message) : board.pinned;
	return { ...board, held, pinned };
}

/** What a banned person said is on top no more. */
function silenced(board: Board, user: Person): Board {
	const others = ({ sender }: PaidMessageEvent) => sender.id !== user.id;
	return {
		...board,
		pin: board.pin?.sender.id === user.id ? null : board.pin,
		pinned: board.pinned.filter(others),
		held: board.held.filter(others)
	};
}

/** What is done to the one who looks. */
function yours(board: Board, { action, user, until }: ModerationEvent, me: string | null): Board {
	if (!board.you || me === null || user?.id !== me) return board;
	const you: ViewerRole = { ...board.you };
	if (action === 'mute') you.muted_until = until ?? null;
	if (action === 'unmute') you.muted_until = null;
	if (action === 'ban') you.banned = true;
	if (action === 'unban') you.banned = false;
	if (action === 'add_moderator') you.role = 'moderator';
	if (action === 'drop_moderator') you.role = 'viewer';
	return { ...board, you };
}
