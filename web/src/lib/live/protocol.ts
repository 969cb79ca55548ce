/** The frames of the room and overlay sockets, by the names of the server's published schema. */
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];

export type Person = Schemas['Person'];
export type AnimationKind = GiftEvent['animation_kind'];
export type GiftRef = GiftEvent['gift'];
export type GiftEvent = Schemas['GiftEvent'];
export type ChatEvent = Schemas['ChatEvent'];
export type PaidMessageEvent = Schemas['PaidMessageEvent'];
export type CheerEvent = Schemas['CheerEvent'];
export type SaidMark = Schemas['SaidMark'];
/** What somebody said: its text is null once it was removed, or while it is held. */
export type SaidEvent = ChatEvent | PaidMessageEvent | CheerEvent;
export type StreakTotal = Schemas['StreakTotal'];
export type PinEvent = Schemas['PinEvent'];
export type ModerationEvent = Schemas['ModerationEvent'];
export type ChatRules = Schemas['ChatRules'];
export type Goal = Schemas['Goal'];
export type GoalPart = Schemas['GoalPart'];
export type GoalEvent = Schemas['GoalEvent'];
export type EntranceEvent = Schemas['EntranceEvent'];
export type ThanksEvent = Schemas['ThanksEvent'];
export type BannerEvent = Schemas['BannerEvent'];
export type ViewerRole = Schemas['ViewerRole'];
export type StreamEndEvent = Schemas['StreamEndEvent'];
export type Supporter = Schemas['Supporter'];
export type RoomEvent = Schemas['Event'];
/** Events of the room's log: each has a place in the sequence. */
export type LoggedEvent = Extract<RoomEvent, { seq: number }>;
export type RoomState = Schemas['RoomState'];
export type Playback = Schemas['Playback'];
export type Wallet = Schemas['WalletView'];

export type SnapshotFrame = Schemas['Snapshot'];
export type AckFrame = Schemas['Ack'];
export type ErrorFrame = Schemas['ErrorMessage'];
export type ServerFrame = Schemas['ServerMessage'];
export type GiftFrame = Schemas['SendGift'];
export type ChatFrame = Schemas['SendChat'];
export type PaidMessageFrame = Schemas['SendPaidMessage'];
export type CheerFrame = Schemas['SendCheer'];
/** What asks the server to do something; each has an id. */
export type DeedFrame = GiftFrame | ChatFrame | PaidMessageFrame | CheerFrame;
export type ClientFrame = Schemas['ClientMessage'];

const OPS: ReadonlySet<unknown> = new Set<ServerFrame['op']>([
	'snapshot',
	'ack',
	'error',
	'frame',
	'stream',
	'settings',
	'test',
	'pong'
]);

/** A server frame, or null for anything this client does not know. */
export function readFrame(data: unknown): ServerFrame | null {
	if (typeof data !== 'string') return null;
	try {
		const frame: unknown = JSON.parse(data);
		if (typeof frame !== 'object' || frame === null || !('op' in frame)) return null;
		return OPS.has(frame.op) ? (frame as ServerFrame) : null;
	} catch {
		return null;
	}
}

export function isLogged(event: RoomEvent): event is LoggedEvent {
	return event.seq !== null;
}

/** Who gives without a name is nobody: all of them share this id. */
export const NOBODY_ID = '00000000-0000-0000-0000-000000000000';

export function isNobody({ id }: Person): boolean {
	return id === NOBODY_ID;
}

export const CLOSE = {
	PROTOCOL_BROKEN: 4400,
	UNAUTHENTICATED: 4401,
	NOT_ADMITTED: 4403,
	NOT_FOUND: 4404,
	TOO_SLOW: 4408,
	TOO_MANY: 4429
} as const;
