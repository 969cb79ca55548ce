import { Asking } from './asking';
import { apply, boardOf, type Board } from './board';
import {
	Connection,
	socketUrl,
	type ConnectionOptions,
	type ConnectionStatus
} from './connection.svelte';
import { follow, type Line } from './feed';
import { nextFrame, type Paint } from './painting';
import {
	CLOSE,
	isLogged,
	type AckFrame,
	type ErrorFrame,
	type GiftFrame,
	type RoomEvent,
	type ServerFrame,
	type SnapshotFrame,
	type Wallet
} from './protocol';
import { Refusal } from './refusal';
import { inOrder, Sequence } from './sequence';
import { ServerClock } from './server-clock';

export type Refused = 'not_found' | 'private' | 'session_expired';

export type GiftWish = Omit<GiftFrame, 'op' | 'anonymous'> & Partial<Pick<GiftFrame, 'anonymous'>>;

export interface LiveRoomOptions extends ConnectionOptions {
	/** An event happened while we watch (history on joining is not news). */
	onevent?: (event: RoomEvent) => void;
	onwallet?: (wallet: Wallet) => void;
	/** The id of the one who looks, when signed in. */
	me?: () => string | null;
	/** When what has come is drawn. */
	paint?: Paint;
}

/** A later event waits this long for a missing one before we ask for it. */
const GAP_PATIENCE_MS = 800;
/** After a longer absence the server replays only the newest events. */
const REPLAY_MAX = 1000;

const REFUSED: Readonly<Record<number, readonly [Refused, Refusal]>> = {
	[CLOSE.NOT_FOUND]: ['not_found', new Refusal('stream_not_found', 'This room does not exist.')],
	[CLOSE.NOT_ADMITTED]: ['private', new Refusal('stream_private', 'This room is private.')],
	[CLOSE.UNAUTHENTICATED]: [
		'session_expired',
		new Refusal('session_expired', 'Your session has ended.')
	]
};

/** One live room as a viewer sees it: what is on, who supports it, what is said and given. */
export class LiveRoom {
	/** Null until the first snapshot. */
	board = $state.raw<Board | null>(null);
	lines = $state.raw<readonly Line[]>([]);
	joined = $state(false);
	refused = $state<Refused | null>(null);
	readonly clock = new ServerClock();

	readonly #connection: Connection;
	readonly #options: LiveRoomOptions;
	readonly #asking: Asking;
	readonly #sequence = new Sequence();
	#inbox: RoomEvent[] = [];
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
		this.#asking = new Asking((frame) => this.joined && this.#connection.send(frame));
	}

	get status(): ConnectionStatus {
		return this.#connection.status;
	}
	get ended(): boolean {
		return this.board?.ended ?? false;
	}

	/** How many frames wait for the server's answer. */
	get unanswered(): number {
		return this.#asking.unanswered;
	}

	start(): void {
		this.#connection.start();
	}

	stop(): void {
		this.#connection.stop();
		clearTimeout(this.#gapTimer);
		this.#asking.rejectAll(new Refusal('left_room', 'You left the room before the answer came.'));
	}

	/** Resolves when the gift is committed, rejects with a Refusal. Never shown before the answer. */
	sendGift(gift: GiftWish): Promise<AckFrame> {
		return this.#asking.ask({ op: 'gift', anonymous: false, ...gift });
	}

	sendChat(id: string, text: string): Promise<AckFrame> {
		return this.#asking.ask({ op: 'chat', id, text });
	}

	sendPaidMessage(id: string, text: string, coins: number): Promise<AckFrame> {
		return this.#asking.ask({ op: 'paid_message', id, text, coins });
	}

	sendCheer(id: string, text: string, coins: number): Promise<AckFrame> {
		return this.#asking.ask({ op: 'cheer', id, text, coins });
	}

	/** Leave and come back, for instance as somebody who has just signed in. */
	rejoin(): void {
		this.#connection.restart();
	}

	#join(): void {
		const after = this.board ? this.#sequence.last : null;
		this.#connection.send({ op: 'join', token: null, after });
	}

	#lost(): void {
		this.#draw();
		this.joined = false;
		clearTimeout(this.#gapTimer);
		this.#gapTimer = undefined;
	}

	#refuse(code: number): void {
		const [refused, refusal] = REFUSED[code] ?? REFUSED[CLOSE.UNAUTHENTICATED]!;
		this.refused = refused;
		this.#asking.rejectAll(refusal);
	}

	#read(frame: ServerFrame): void {
		switch (frame.op) {
			case 'snapshot':
				return this.#snapshot(frame);
			case 'frame':
				return this.#take(frame.events);
			case 'ack':
				if (frame.wallet) this.#options.onwallet?.(frame.wallet);
				return this.#asking.acked(frame);
			case 'error':
				return this.#errored(frame);
			case 'stream':
			case 'pong':
				return;
		}
	}

	#snapshot({ seq, room, wallet, you }: SnapshotFrame): void {
		const last = this.board ? this.#sequence.last : null;
		this.#sequence.reset(seq, last);
		this.board = boardOf(room, you ?? null);
		if (last === null || seq - last > REPLAY_MAX) {
			this.lines = follow([], room.recent.filter(isLogged));
			this.#sequence.reset(seq, null);
		}
		this.joined = true;
		this.#connection.ready();
		if (wallet) this.#options.onwallet?.(wallet);
		this.#asking.askAgain();
	}

	#take(events: readonly RoomEvent[]): void {
		for (const event of events)
			if (event.seq === null || !this.#sequence.isReplay(event.seq)) this.clock.hear(event.at);
		const waits = this.#inbox.length > 0;
		this.#inbox.push(...events);
		if (!waits) (this.#options.paint ?? nextFrame)(() => this.#draw());
	}

	/** Bring what has come on screen, all at once. */
	#draw(): void {
		const events = this.#inbox;
		if (!events.length || !this.board) return;
		this.#inbox = [];
		const fresh = this.#sequence.take(events.filter(isLogged));
		const news = inOrder(events, fresh);
		const me = this.#options.me?.() ?? null;
		let board = this.board;
		// What was replayed is in the snapshot's board already; only its lines are missing.
		for (const event of news)
			if (event.seq === null || !this.#sequence.isReplay(event.seq))
				board = apply(board, event, me);
		this.board = board;
		if (fresh.length) this.lines = follow(this.lines, fresh);
		for (const event of news) this.#options.onevent?.(event);
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

	#errored(error: ErrorFrame): void {
		if (this.board && error.code === 'room_closed')
			this.board = { ...this.board, ended: true, gifting: false };
		if (this.board && error.code === 'gifts_not_enabled')
			this.board = { ...this.board, gifting: false };
		this.#asking.errored(error);
	}
}
