import { Connection, socketUrl, type ConnectionOptions } from '$lib/live/connection.svelte';
import {
	isLogged,
	type LoggedEvent,
	type RoomEvent,
	type ServerFrame,
	type SnapshotFrame
} from '$lib/live/protocol';
import { Sequence } from '$lib/live/sequence';
import { AlertFeed } from './alert-feed';
import type { Spoken } from './alerts';
import type { OverlayMemory } from './memory';
import { RoomView } from './room-view.svelte';
import type { AlertVariation, ApprovedAlert, OverlaySettings, SettingsFrame } from './types';

export interface OverlayOptions extends ConnectionOptions {
	/** What this page of the overlay remembers. */
	memory: (overlayId: string) => Promise<OverlayMemory>;
	/** The log of a room after an event, oldest first, up to and including `until`. */
	history: (roomId: string, after: number, until: number) => Promise<RoomEvent[]>;
	/** Approved alerts after a number. */
	approved: (after: number) => Promise<readonly ApprovedAlert[]>;
	onsound?: (variation: AlertVariation) => void;
	onspeak?: (spoken: Spoken) => void;
}

const GAP_PATIENCE_MS = 800;
const TEST_MS = 10_000;
const APPROVED_AGAIN_MS = 3000;

/** One overlay's page: how it is set, and what it shows of the creator's current stream. */
export class OverlayFeed {
	settings = $state.raw<OverlaySettings | null>(null);
	/** Waiting for a stream to start. */
	waiting = $state(true);
	/** The token is wrong, or was replaced. */
	unknown = $state(false);
	alerts = $state.raw<AlertFeed | null>(null);
	/** A sample that stands in for the room for a moment. */
	test = $state.raw<RoomView | null>(null);
	readonly room = new RoomView();

	readonly #connection: Connection;
	readonly #options: OverlayOptions;
	readonly #sequence = new Sequence();
	#memory: OverlayMemory | null = null;
	#roomId: string | null = null;
	#approved: number | null = null;
	/** Frames are dealt with one after the other, also where one must be waited for. */
	#work: Promise<void> = Promise.resolve();
	#gapTimer: ReturnType<typeof setTimeout> | undefined;
	#testTimer: ReturnType<typeof setTimeout> | undefined;
	#againTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(token: string, options: OverlayOptions) {
		this.#options = options;
		this.#connection = new Connection(
			socketUrl(`/v1/overlays/${encodeURIComponent(token)}/socket`),
			{
				onframe: (frame) => {
					this.#connection.ready();
					this.#then(() => this.#read(frame));
				},
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
		clearTimeout(this.#testTimer);
		clearTimeout(this.#againTimer);
		this.alerts?.queue.clear();
	}

	#then(work: () => Promise<void>): void {
		this.#work = this.#work.then(work).catch((thrown) => console.error('overlay', thrown));
	}

	async #read(frame: ServerFrame): Promise<void> {
		if (frame.op === 'settings') await this.#configure(frame as SettingsFrame);
		else if (frame.op === 'snapshot') await this.#snapshot(frame);
		else if (frame.op === 'frame') for (const event of frame.events) this.#take(event);
		else if (frame.op === 'stream') this.#streamChanged(frame.stream !== null);
		else if (frame.op === 'test') this.#tryOut(frame.events);
	}

	async #configure(frame: SettingsFrame): Promise<void> {
		this.#memory ??= await this.#options.memory(frame.id);
		const { settings, hold_switch: holdSwitch } = frame;
		this.settings = settings;
		if (settings.kind !== 'alerts') return;
		if (this.alerts) this.alerts.configure(settings, holdSwitch);
		else {
			const { onsound, onspeak } = this.#options;
			this.alerts = new AlertFeed({
				settings,
				holdSwitch,
				memory: this.#memory,
				event: async (roomId, seq) => {
					const found = await this.#options.history(roomId, seq - 1, seq);
					return found.filter(isLogged).find((event) => event.seq === seq) ?? null;
				},
				...(onsound && { onsound }),
				...(onspeak && { onspeak })
			});
		}
		await this.#readApproved(frame.approved, this.#memory);
	}

	/** A page that has never been open starts from the present, here too. */
	async #readApproved(newest: number, memory: OverlayMemory): Promise<void> {
		this.#approved ??= memory.approved();
		if (this.#approved === null) {
			this.#approved = newest;
			memory.saveApproved(newest);
		}
		try {
			while (this.#approved < newest) {
				const found = await this.#options.approved(this.#approved);
				for (const each of found) this.alerts?.approve(each);
				this.#approved = found.at(-1)?.no ?? newest;
			}
		} catch {
			clearTimeout(this.#againTimer);
			this.#againTimer = setTimeout(
				() => this.#then(() => this.#readApproved(newest, memory)),
				APPROVED_AGAIN_MS
			);
		}
	}

	async #snapshot({ seq, room }: SnapshotFrame): Promise<void> {
		const known = this.#roomId === room.id ? this.#sequence.last : null;
		const from = known ?? this.alerts?.from(room.id) ?? null;
		this.#roomId = room.id;
		this.waiting = room.state === 'ended';
		this.room.enter(room);
		this.#sequence.reset(seq, from);
		const missed: LoggedEvent[] = [];
		if (this.alerts && from !== null && from < seq) {
			missed.push(...this.#sequence.take(await this.#missed(room.id, from, seq, room.recent)));
		}
		missed.push(...this.#sequence.skipTo(seq));
		this.alerts?.enter(room, seq, missed);
	}

	/** The events between the last one dealt with and the snapshot; the snapshot itself holds the newest. */
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

	#take(event: RoomEvent): void {
		if (!isLogged(event)) return this.room.take(event);
		for (const next of this.#sequence.take([event])) {
			if (next.type === 'stream_end') this.waiting = true;
			this.room.take(next);
			this.alerts?.take(next);
		}
		clearTimeout(this.#gapTimer);
		if (this.#sequence.gap) {
			this.#gapTimer = setTimeout(() => this.#connection.restart(), GAP_PATIENCE_MS);
		}
	}

	#streamChanged(live: boolean): void {
		if (live) this.room.leave();
		// Of a stream that is live the snapshot follows; what is given from then on is shown.
		else this.waiting = true;
	}

	#tryOut(events: readonly RoomEvent[]): void {
		if (this.alerts) {
			for (const event of events) if (isLogged(event)) this.alerts.test(event);
			return;
		}
		const sample = new RoomView();
		sample.supporters = this.room.supporters;
		sample.lines = this.room.lines;
		for (const event of events) sample.take(event);
		this.test = sample;
		clearTimeout(this.#testTimer);
		this.#testTimer = setTimeout(() => (this.test = null), TEST_MS);
	}
}
