import type {
	GiftEvent,
	LoggedEvent,
	ModerationEvent,
	RoomState,
	StreakTotal
} from '$lib/live/protocol';
import { alertOf, streakKey, type Alert, type Spoken } from './alerts';
import { AlertQueue } from './alert-queue.svelte';
import { Marks } from './marks';
import type { OverlayMemory } from './memory';
import type { AlertSettings, AlertVariation, ApprovedAlert, HoldSwitch } from './types';

export interface AlertFeedOptions {
	settings: AlertSettings;
	holdSwitch: HoldSwitch | null;
	memory: OverlayMemory;
	onsound?: (variation: AlertVariation) => void;
	onspeak?: (spoken: Spoken) => void;
	/** One event of a room's log as it is told now. */
	event?: (roomId: string, seq: number) => Promise<LoggedEvent | null>;
}

const REMEMBERED_MAX = 5000;
const HELD_BACK_MAX = 200;

/** Turns the events of the creator's rooms into alerts: each once, also over reloads, held ones when they are approved. */
export class AlertFeed {
	readonly queue: AlertQueue;

	readonly #options: AlertFeedOptions;
	#settings: AlertSettings;
	#holdSwitch: HoldSwitch | null;
	#roomId: string | null = null;
	#marks = new Marks(0);
	/** The snapshot's number: totals of open streaks hold every beat up to it. */
	#snapshotSeq = 0;
	#totals = new Map<string, StreakTotal>();
	/** Shown while this page is open, as "room:seq". */
	readonly #shown = new Set<string>();
	#heldBack: Alert[] = [];
	#tests = 0;

	constructor(options: AlertFeedOptions) {
		this.#options = options;
		this.#settings = options.settings;
		this.#holdSwitch = options.holdSwitch;
		this.queue = new AlertQueue({
			settings: options.settings,
			onshow: (alert, variation, fresh) => {
				this.#dealtWith(alert, true);
				if (fresh) options.onsound?.(variation);
			},
			onspeak: options.onspeak,
			onpass: (alert) => this.#dealtWith(alert, false)
		});
	}

	/** Other settings. Alerts that came around a switch of holding end up on the right side of it. */
	configure(settings: AlertSettings, holdSwitch: HoldSwitch | null): void {
		this.#settings = settings;
		this.#holdSwitch = holdSwitch;
		this.queue.settings = settings;
		this.queue.drop((alert) => this.#mustWait(alert) && !this.#wasShown(alert));
		const released = this.#heldBack.filter((alert) => !this.#mustWait(alert));
		this.#heldBack = this.#heldBack.filter((alert) => this.#mustWait(alert));
		for (const alert of released) this.queue.push(alert);
	}

	/** The number of the room's log after which this page has something to show; null: it starts from the present. */
	from(roomId: string): number | null {
		if (this.#roomId === roomId) return this.#marks.floor;
		return this.#options.memory.marks(roomId)?.floor ?? null;
	}

	/** A room as of `seq`, and what the log holds after `from`. */
	enter(room: RoomState, seq: number, missed: readonly LoggedEvent[]): void {
		if (this.#roomId !== room.id) {
			this.#marks = this.#options.memory.marks(room.id) ?? new Marks(seq);
			this.#heldBack = [];
		}
		this.#roomId = room.id;
		this.#snapshotSeq = seq;
		this.#totals = new Map(room.streaks.map((total) => [total.streak, total]));
		for (const event of missed) {
			if (event.type === 'streak_end') this.#totals.set(event.total.streak, event.total);
		}
		for (const event of missed) this.take(event);
		this.#save();
	}

	/** The next event of the log. */
	take(event: LoggedEvent): void {
		const roomId = this.#roomId;
		if (roomId === null || this.#marks.has(event.seq)) return;
		if (event.type === 'moderation') this.#moderated(event, roomId);
		if (event.type === 'gift' && event.streak) return this.#beat(event, event.streak, roomId);
		if (event.type === 'streak_end') return this.#ended(event.seq, event.total, roomId);
		const alert = alertOf(event, { roomId });
		if (!alert) return this.#mark([event.seq]);
		this.#show(alert);
	}

	/** The creator approved it. */
	approve({ no, room_id, event }: ApprovedAlert): void {
		const alert = alertOf(event as LoggedEvent, { roomId: room_id, approval: no });
		if (alert && !this.#wasShown(alert))
			this.queue.push({ ...alert, key: `approved:${no}`, open: false });
		else this.#options.memory.saveApproved(no);
	}

	/** A sample: shown at once, remembered nowhere. */
	test(event: LoggedEvent): void {
		const alert = alertOf(event, { roomId: '' });
		if (alert) this.queue.push({ ...alert, key: `test:${this.#tests++}`, seqs: [], open: false });
	}

	#beat(event: GiftEvent, streak: string, roomId: string): void {
		const total = this.#grown(event, streak);
		this.#totals.set(streak, total);
		const more = { open: true, message: event.message ?? '' };
		if (this.queue.grow(total, [event.seq], more)) return;
		const alert = alertOf(event, { roomId });
		if (alert) this.#show({ ...alert, count: total.count, coins: total.coins });
	}

	/** A beat that the snapshot holds is in its total already. */
	#grown(event: GiftEvent, streak: string): StreakTotal {
		const before = this.#totals.get(streak);
		if (before && event.seq <= this.#snapshotSeq) return before;
		return {
			streak,
			sender: event.sender,
			gift: event.gift,
			animation_kind: event.animation_kind,
			gifts: (before?.gifts ?? 0) + 1,
			count: (before?.count ?? 0) + event.count,
			coins: (before?.coins ?? 0) + event.coins,
			milli_diamonds: (before?.milli_diamonds ?? 0) + event.milli_diamonds
		};
	}

	/** Its alert ends with the total; where none is left, all beats were shown. A held one is shown by its approval. */
	#ended(seq: number, total: StreakTotal, roomId: string): void {
		this.#totals.delete(total.streak);
		if (this.queue.grow(total, [seq], { open: false })) return;
		this.#heldBack = this.#heldBack.filter(({ key }) => key !== streakKey(total.streak));
		if (this.#isHeld(roomId, seq)) {
			const alert = alertOf({ type: 'streak_end', seq, at: '', total } satisfies LoggedEvent, {
				roomId
			});
			if (alert) this.#show(alert);
		} else this.#mark([seq]);
	}

	#show(alert: Alert): void {
		if (!this.#mustWait(alert)) return this.queue.push(alert);
		if (!alert.open) this.#heldBack = [...this.#heldBack, alert].slice(-HELD_BACK_MAX);
		this.#mark(alert.seqs);
	}

	#mustWait(alert: Alert): boolean {
		const last = alert.seqs[alert.seqs.length - 1];
		return alert.approval === null && last !== undefined && this.#isHeld(alert.roomId, last);
	}

	#isHeld(roomId: string, seq: number): boolean {
		const hold = this.#settings.hold;
		const before = this.#holdSwitch?.room_id === roomId && seq <= this.#holdSwitch.seq;
		return before ? !hold : hold;
	}

	#moderated(event: ModerationEvent & { seq: number }, roomId: string): void {
		const { action, target_seq: target, user } = event;
		if (action === 'ban' && user) this.queue.drop(({ sender }) => sender === user.id);
		if (typeof target !== 'number') return;
		const stands = (alert: Alert) => alert.roomId === roomId && alert.seqs.includes(target);
		if (action === 'remove') this.queue.drop(stands);
		if (action === 'approve') void this.#letThrough(roomId, target, event.seq);
	}

	/** A message that a moderator held has its text now. */
	async #letThrough(roomId: string, target: number, seq: number): Promise<void> {
		const key = `${roomId}:${target}`;
		if (this.#shown.has(key) || this.queue.find(key) || this.#isHeld(roomId, seq)) return;
		const event = await this.#options.event?.(roomId, target).catch(() => null);
		const alert = event && alertOf(event, { roomId });
		if (alert && this.#roomId === roomId && !this.#shown.has(key)) this.queue.push(alert);
	}

	#wasShown(alert: Alert): boolean {
		return alert.seqs.some((seq) => this.#shown.has(`${alert.roomId}:${seq}`));
	}

	#dealtWith(alert: Alert, shown: boolean): void {
		if (alert.approval !== null) this.#options.memory.saveApproved(alert.approval);
		for (const seq of shown ? alert.seqs : []) {
			this.#shown.add(`${alert.roomId}:${seq}`);
			if (this.#shown.size > REMEMBERED_MAX) this.#shown.delete([...this.#shown][0] ?? '');
		}
		if (alert.roomId === this.#roomId) this.#mark(alert.seqs);
	}

	#mark(seqs: readonly number[]): void {
		this.#marks.add(seqs);
		this.#save();
	}

	#save(): void {
		if (this.#roomId !== null) this.#options.memory.save(this.#roomId, this.#marks);
	}
}
