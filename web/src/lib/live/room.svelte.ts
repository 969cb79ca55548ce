import {
	Connection,
	socketUrl,
	type ConnectionOptions,
	type ConnectionStatus
} from './connection.svelte';
import {
	CLOSE,
	isLogged,
	type AckFrame,
	type ChatEvent,
	type ChatFrame,
	type ErrorFrame,
	type GiftEvent,
	type GiftFrame,
	type LoggedEvent,
	type Person,
	type RoomEvent,
	type ServerFrame,
	type SnapshotFrame,
	type StreamEndEvent,
	type Supporter,
	type Wallet
} from './protocol';
import { Refusal } from './refusal';
import { Sequence } from './sequence';

export type FeedEvent = ChatEvent | GiftEvent;
export type Refused = 'not_found' | 'session_expired';

export interface LiveRoomOptions extends ConnectionOptions {
	/** An event happened while we watch (history on joining is not news). */
	onevent?: (event: LoggedEvent) => void;
	onwallet?: (wallet: Wallet) => void;
}

interface Pending {
	frame: GiftFrame | ChatFrame;
	/** Whether the server may have it already. */
	sent: boolean;
	timer: ReturnType<typeof setTimeout>;
	resolve: (ack: AckFrame) => void;
	reject: (refusal: Refusal) => void;
}

const FEED_MAX = 80;
/** A later event waits this long for a missing one before we ask for it. */
const GAP_PATIENCE_MS = 800;
/** A frame that never left is given up after this; it can have cost nothing. */
const UNSENT_PATIENCE_MS = 15_000;
/** A frame that left is asked about again after every reconnect, for this long. */
const UNANSWERED_PATIENCE_MS = 60_000;

/** One live room as a viewer sees it: what is on, who supports it, what is said and given. */
export class LiveRoom {
	title = $state('');
	creator = $state.raw<Person | null>(null);
	ended = $state(false);
	gifting = $state(false);
	viewers = $state(0);
	supporters = $state.raw<readonly Supporter[]>([]);
	feed = $state.raw<readonly FeedEvent[]>([]);
	joined = $state(false);
	refused = $state<Refused | null>(null);

	readonly #connection: Connection;
	readonly #options: LiveRoomOptions;
	readonly #sequence = new Sequence();
	readonly #pending = new Map<string, Pending>();
	#seen = false;
	#gapTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(streamId: string, options: LiveRoomOptions = {}) {
		this.#options = options;
		this.#connection = new Connection(
			socketUrl(`/v1/streams/${streamId}/socket`),
			{
				onopen: () => this.#join(),
				onframe: (frame) => this.#read(frame),
				onrefused: (code) => this.#refuse(code),
				onlost: () => this.#lost()
			},
			options
		);
	}

	get status(): ConnectionStatus {
		return this.#connection.status;
	}

	/** How many frames wait for the server's answer. */
	get unanswered(): number {
		return this.#pending.size;
	}

	start(): void {
		this.#connection.start();
	}

	stop(): void {
		this.#connection.stop();
		clearTimeout(this.#gapTimer);
		this.#rejectAll(new Refusal('left_room', 'You left the room before the answer came.'));
	}

	/** Resolves when the gift is committed, rejects with a Refusal. Never shown before the answer. */
	sendGift(gift: Omit<GiftFrame, 'op'>): Promise<AckFrame> {
		return this.#ask({ op: 'gift', ...gift });
	}

	sendChat(id: string, text: string): Promise<AckFrame> {
		return this.#ask({ op: 'chat', id, text });
	}

	/** Leave and come back, for instance as somebody who has just signed in. */
	rejoin(): void {
		this.#connection.restart();
	}

	#ask(frame: GiftFrame | ChatFrame): Promise<AckFrame> {
		return new Promise((resolve, reject) => {
			const sent = this.joined && this.#connection.send(frame);
			const timer = this.#expire(frame.id, sent ? UNANSWERED_PATIENCE_MS : UNSENT_PATIENCE_MS);
			this.#pending.set(frame.id, { frame, sent, timer, resolve, reject });
		});
	}

	#expire(id: string, after_ms: number): ReturnType<typeof setTimeout> {
		return setTimeout(() => {
			const pending = this.#pending.get(id);
			if (!pending) return;
			this.#pending.delete(id);
			pending.reject(
				pending.sent
					? new Refusal('unanswered', 'The connection broke before the answer came.')
					: new Refusal('network', 'The server cannot be reached.')
			);
		}, after_ms);
	}

	#join(): void {
		const after = this.#seen ? this.#sequence.last : null;
		this.#connection.send({ op: 'join', token: null, after });
	}

	#lost(): void {
		this.joined = false;
		clearTimeout(this.#gapTimer);
		this.#gapTimer = undefined;
	}

	#refuse(code: number): void {
		this.refused = code === CLOSE.NOT_FOUND ? 'not_found' : 'session_expired';
		this.#rejectAll(
			code === CLOSE.NOT_FOUND
				? new Refusal('stream_not_found', 'This room does not exist.')
				: new Refusal('session_expired', 'Your session has ended.')
		);
	}

	#rejectAll(refusal: Refusal): void {
		for (const pending of this.#pending.values()) {
			clearTimeout(pending.timer);
			pending.reject(refusal);
		}
		this.#pending.clear();
	}

	#read(frame: ServerFrame): void {
		switch (frame.op) {
			case 'snapshot':
				return this.#snapshot(frame);
			case 'frame':
				return this.#take(frame.events);
			case 'ack':
				return this.#acked(frame);
			case 'error':
				return this.#errored(frame);
			case 'stream':
			case 'pong':
				return;
		}
	}

	#snapshot({ seq, room, wallet }: SnapshotFrame): void {
		this.title = room.title;
		this.creator = room.creator;
		this.ended = room.state === 'ended';
		this.gifting = room.gifting;
		this.viewers = room.viewers;
		this.supporters = room.supporters;
		this.#sequence.reset(seq, this.#seen ? this.#sequence.last : null);
		if (!this.#seen) this.feed = room.recent.filter(isFeed);
		this.#seen = true;
		this.joined = true;
		this.#connection.ready();
		if (wallet) this.#options.onwallet?.(wallet);
		// Whatever was not answered is asked again under its id; the server answers it once only.
		for (const [id, pending] of this.#pending) {
			const first = !pending.sent;
			pending.sent = this.#connection.send(pending.frame) || pending.sent;
			if (!first || !pending.sent) continue;
			clearTimeout(pending.timer);
			pending.timer = this.#expire(id, UNANSWERED_PATIENCE_MS);
		}
	}

	#take(events: readonly RoomEvent[]): void {
		for (const event of events) {
			if (event.type === 'viewer_count') this.viewers = event.count;
			if (event.type === 'supporters') this.supporters = event.items;
		}
		const fresh = this.#sequence.take(events.filter(isLogged));
		if (fresh.some(isEnd)) this.ended = true;
		const feed = fresh.filter(isFeed);
		if (feed.length) this.feed = [...this.feed, ...feed].slice(-FEED_MAX);
		for (const event of fresh) this.#options.onevent?.(event);
		this.#mindGap();
	}

	#mindGap(): void {
		if (!this.#sequence.gap) {
			clearTimeout(this.#gapTimer);
			this.#gapTimer = undefined;
			return;
		}
		this.#gapTimer ??= setTimeout(() => {
			this.#gapTimer = undefined;
			this.#connection.restart();
		}, GAP_PATIENCE_MS);
	}

	#acked(ack: AckFrame): void {
		if (ack.wallet) this.#options.onwallet?.(ack.wallet);
		this.#settle(ack.id)?.resolve(ack);
	}

	#errored({ op: _op, id, code, detail, ...figures }: ErrorFrame): void {
		if (code === 'room_closed') this.ended = true;
		if (code === 'gifts_not_enabled') this.gifting = false;
		if (id) this.#settle(id)?.reject(new Refusal(code, detail, figures));
	}

	#settle(id: string): Pending | undefined {
		const pending = this.#pending.get(id);
		if (!pending) return undefined;
		clearTimeout(pending.timer);
		this.#pending.delete(id);
		return pending;
	}
}

function isFeed(event: RoomEvent): event is FeedEvent {
	return event.type === 'chat' || event.type === 'gift';
}

function isEnd(event: LoggedEvent): event is StreamEndEvent {
	return event.type === 'stream_end';
}
