/** The frames of the room and overlay sockets, as the server defines them. */

export interface Person {
	id: string;
	display_name: string;
}

export interface GiftRef {
	id: string;
	version: number;
	slug: string;
	name: string;
}

export type AnimationKind = 'hop' | 'fly' | 'stage';

export interface GiftEvent {
	type: 'gift';
	seq: number;
	at: string;
	id: string;
	sender: Person;
	gift: GiftRef;
	animation_kind: AnimationKind;
	count: number;
	coins: number;
	milli_diamonds: number;
	streak: string | null;
	message: string | null;
}

export interface ChatEvent {
	type: 'chat';
	seq: number;
	at: string;
	id: string;
	sender: Person;
	text: string;
}

export interface StreamEndEvent {
	type: 'stream_end';
	seq: number;
	at: string;
}

export interface Supporter {
	rank: number;
	user: Person;
	coins: number;
}

export interface SupportersEvent {
	type: 'supporters';
	seq: null;
	at: string;
	items: Supporter[];
}

export interface ViewerCountEvent {
	type: 'viewer_count';
	seq: null;
	at: string;
	count: number;
}

/** Events of the room's log: each has a place in the sequence. */
export type LoggedEvent = GiftEvent | ChatEvent | StreamEndEvent;
export type RoomEvent = LoggedEvent | SupportersEvent | ViewerCountEvent;

export interface RoomState {
	id: string;
	kind: 'stream' | 'post';
	title: string;
	creator: Person;
	state: 'live' | 'ended';
	gifting: boolean;
	viewers: number;
	supporters: Supporter[];
	recent: RoomEvent[];
}

export interface Budget {
	monthly_coins: number | null;
	spent_coins: number;
	remaining_coins: number | null;
	resets_at: string;
	next: { monthly_coins: number | null; at: string } | null;
}

export interface Wallet {
	coins_paid: number;
	coins_bonus: number;
	coins_total: number;
	coins_owed: number;
	frozen: boolean;
	budget: Budget;
}

export interface StreamSummary {
	id: string;
	title: string;
	creator: Person;
	state: 'live' | 'ended';
}

export interface SnapshotFrame {
	op: 'snapshot';
	seq: number;
	room: RoomState;
	wallet: Wallet | null;
}

export interface AckFrame {
	op: 'ack';
	id: string;
	seq: number;
	coins?: number;
	milli_diamonds?: number;
	wallet?: Wallet;
}

export interface ErrorFrame {
	op: 'error';
	id: string | null;
	code: string;
	detail: string;
	[field: string]: unknown;
}

export type ServerFrame =
	| SnapshotFrame
	| AckFrame
	| ErrorFrame
	| { op: 'frame'; events: RoomEvent[] }
	| { op: 'stream'; stream: StreamSummary | null }
	| { op: 'pong' };

export interface GiftFrame {
	op: 'gift';
	id: string;
	gift: string;
	version?: number;
	count: number;
	streak?: string;
	message?: string;
}

export interface ChatFrame {
	op: 'chat';
	id: string;
	text: string;
}

export type ClientFrame =
	| { op: 'join'; token?: string | null; after?: number | null }
	| GiftFrame
	| ChatFrame
	| { op: 'ping' };

const OPS = new Set(['snapshot', 'ack', 'error', 'frame', 'stream', 'pong']);

/** A server frame, or null for anything this client does not know. */
export function readFrame(data: unknown): ServerFrame | null {
	if (typeof data !== 'string') return null;
	try {
		const frame: unknown = JSON.parse(data);
		if (typeof frame !== 'object' || frame === null || !('op' in frame)) return null;
		return OPS.has(String(frame.op)) ? (frame as ServerFrame) : null;
	} catch {
		return null;
	}
}

export function isLogged(event: RoomEvent): event is LoggedEvent {
	return event.seq !== null;
}

export const CLOSE = {
	PROTOCOL_BROKEN: 4400,
	UNAUTHENTICATED: 4401,
	NOT_FOUND: 4404,
	TOO_SLOW: 4408,
	TOO_MANY: 4429
} as const;
