import { Connection, socketUrl, type ConnectionOptions } from './connection.svelte';
import { GiftQueue } from './gift-queue.svelte';
import {
	isLogged,
	type LoggedEvent,
	type RoomEvent,
	type ServerFrame,
	type SnapshotFrame
} from './protocol';
import { Sequence } from './sequence';

/** What has been shown, per room, over reloads. */
export interface OverlayMemory {
	get(roomId: string): number | null;
	set(roomId: string, seq: number): void;
}

export interface OverlayOptions extends ConnectionOptions {
	memory: OverlayMemory;
	/** The log of a room after an event, oldest first, up to and including `until`. */
	history: (roomId: string, after: number, until: number) => Promise<RoomEvent[]>;
	stage_ms?: number;
}

const GAP_PATIENCE_MS = 800;

/** The alerts of a creator's current stream: each gift once, in order, also over a reload. */
export class OverlayFeed {
	/** Waiting for a stream to start. */
	waiting = $state(true);
	/** The token is wrong, or was replaced. */
	unknown = $state(false);
	readonly queue: GiftQueue;

	readonly #connection: Connection;
	readonly #options: OverlayOptions;
	readonly #sequence = new Sequence();
	#roomId: string | null = null;
	/** The log is being read: later events wait for it, and that is no gap. */
	#catchingUp = false;
	#gapTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(token: string, options: OverlayOptions) {
		this.#options = options;
		this.queue = new GiftQueue({
			oneAtATime: true,
			waitingMax: 5000,
			...(options.stage_ms === undefined ? {} : { stage_ms: options.stage_ms }),
			onshow: ({ roomId, lastSeq }) => options.memory.set(roomId, lastSeq)
		});
		this.#connection = new Connection(
			socketUrl(`/v1/overlays/${encodeURIComponent(token)}/socket`),
			{
				onframe: (frame) => this.#read(frame),
				onrefused: () => (this.unknown = true),
				onlost: () => clearTimeout(this.#gapTimer)
			},
			options
		);
	}

	get status() {
		return this.#connection.status;
	}

	start(): void {
		this.#connection.start();
	}

	stop(): void {
		this.#connection.stop();
		clearTimeout(this.#gapTimer);
		this.queue.clear();
	}

	#read(frame: ServerFrame): void {
		this.#connection.ready();
		if (frame.op === 'snapshot') void this.#snapshot(frame);
		else if (frame.op === 'frame') this.#take(frame.events.filter(isLogged));
		else if (frame.op === 'stream') this.waiting = frame.stream === null;
	}

	async #snapshot({ seq, room }: SnapshotFrame): Promise<void> {
		const known = this.#roomId === room.id ? this.#sequence.last : null;
		const from = known ?? this.#options.memory.get(room.id);
		this.#roomId = room.id;
		this.waiting = room.state === 'ended';
		this.#sequence.reset(seq, from);
		if (from === null) this.#options.memory.set(room.id, seq);
		if (from === null || from >= seq) return;
		this.#catchingUp = true;
		const missed = await this.#missed(room.id, from, seq, room.recent);
		this.#catchingUp = false;
		if (this.#roomId !== room.id) return;
		this.#take(missed);
		this.#take(this.#sequence.skipTo(seq));
	}

	/** The events between the last one shown and the snapshot; the snapshot itself holds the newest. */
	async #missed(
		roomId: string,
		from: number,
		until: number,
		recent: readonly RoomEvent[]
	): Promise<LoggedEvent[]> {
		const logged = recent.filter(isLogged);
		const first = logged[0];
		if (first && first.seq <= from + 1) return logged;
		try {
			return (await this.#options.history(roomId, from, until)).filter(isLogged);
		} catch {
			return logged;
		}
	}

	#take(events: readonly LoggedEvent[]): void {
		const roomId = this.#roomId;
		if (roomId === null) return;
		for (const event of this.#sequence.take(events)) {
			if (event.type === 'stream_end') this.waiting = true;
			if (event.type === 'gift') this.queue.push(event, roomId);
			// A gift counts as seen when it is shown; anything else when nothing is left to show before it.
			else if (this.queue.idle) this.#options.memory.set(roomId, event.seq);
		}
		this.#mindGap();
	}

	#mindGap(): void {
		clearTimeout(this.#gapTimer);
		if (!this.#sequence.gap || this.#catchingUp) return;
		this.#gapTimer = setTimeout(() => this.#connection.restart(), GAP_PATIENCE_MS);
	}
}

const KEY = 'largesse.overlay.shown';
const ROOMS_MAX = 8;

/** Remembers in the browser's storage; without storage (a private window) only while it is open. */
export function storedMemory(storage: () => Storage): OverlayMemory {
	let seen = read(storage);
	return {
		get: (roomId) => seen.get(roomId) ?? null,
		set(roomId, seq) {
			const last = Math.max(seq, seen.get(roomId) ?? 0);
			seen.delete(roomId);
			seen = new Map([...seen, [roomId, last] as const].slice(-ROOMS_MAX));
			try {
				storage().setItem(KEY, JSON.stringify([...seen]));
			} catch {
				// No storage: a reload then starts from the present.
			}
		}
	};
}

function read(storage: () => Storage): Map<string, number> {
	try {
		const stored: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
		const pairs = Array.isArray(stored) ? stored.filter(isPair) : [];
		return new Map(pairs);
	} catch {
		return new Map();
	}
}

function isPair(entry: unknown): entry is [string, number] {
	return Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]);
}
