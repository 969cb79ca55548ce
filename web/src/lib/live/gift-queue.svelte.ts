import {
	isNobody,
	type AnimationKind,
	type GiftEvent,
	type GiftRef,
	type Person,
	type StreakTotal
} from './protocol';

/** One gift moment on screen; repeats of the same gift by the same person join it. */
export interface Showing {
	key: string;
	kind: AnimationKind;
	streak: string | null;
	sender: Person;
	gift: GiftRef;
	count: number;
	message: string | null;
	/** How many gifts have joined: changes with each one, so that the count can jump. */
	beats: number;
	/** How often it has hopped: less often than it beats, so that each hop can be seen. */
	hops: number;
	hopped_ms: number;
	lastSeq: number;
	roomId: string;
	/** The sender's first gift in this room, or the first ever. */
	first: GiftEvent['first'];
	/** Its streak is over: the count will not change any more. */
	final: boolean;
}

export interface GiftQueueOptions {
	/** Small gifts on screen at the same time. */
	smallMax?: number;
	/** Gifts that may wait for their turn; the oldest small ones go first when there are more. */
	waitingMax?: number;
	small_ms?: number;
	fly_ms?: number;
	stage_ms?: number;
	/** How long a gift takes the stage by the catalogue; `stage_ms` where it does not know. */
	lasts_ms?: (giftId: string) => number | undefined;
	/** Every gift takes the stage, one after the other and in order (the overlay). */
	oneAtATime?: boolean;
	/** A moment came on screen, or one on screen grew. */
	onshow?: (showing: Showing) => void;
	onidle?: () => void;
}

const DEFAULTS = {
	smallMax: 3,
	waitingMax: 300,
	small_ms: 3400,
	fly_ms: 4200,
	stage_ms: 4600,
	oneAtATime: false
};

const HOP_EVERY_MS = 1500;
/** How long a streak's last count stays. */
const FLOURISH_MS = 2000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * Decides what is on screen when many gifts arrive: at most one gift takes the stage, a handful of
 * small ones show beside it, the rest wait, and a streak is one moment with a growing count.
 */
export class GiftQueue {
	small = $state.raw<readonly Showing[]>([]);
	stage = $state.raw<Showing | null>(null);

	readonly #options: typeof DEFAULTS & Pick<GiftQueueOptions, 'lasts_ms' | 'onshow' | 'onidle'>;
	readonly #timers = new Map<string, Timer>();
	#waiting: Showing[] = [];

	constructor(options: GiftQueueOptions = {}) {
		this.#options = { ...DEFAULTS, ...options };
	}

	get waiting(): number {
		return this.#waiting.length;
	}

	/** As many as fit are on screen. */
	get full(): boolean {
		return this.small.length >= this.#options.smallMax;
	}

	get idle(): boolean {
		return !this.stage && this.small.length === 0 && this.#waiting.length === 0;
	}

	push(event: GiftEvent, roomId = ''): void {
		if (this.#join(event, roomId)) return;
		this.#waiting.push({
			key: event.id,
			kind: this.#options.oneAtATime ? 'stage' : event.animation_kind,
			streak: event.streak,
			sender: event.sender,
			gift: event.gift,
			count: event.count,
			message: event.message,
			beats: 1,
			hops: 1,
			hopped_ms: Date.now(),
			lastSeq: event.seq,
			roomId,
			first: event.first,
			final: false
		});
		this.#trim();
		this.#fill();
	}

	/** The server's count of a streak, which may have begun before we came. */
	total(total: StreakTotal): void {
		this.#count(total, false);
	}

	/** A streak is over: its moment gets its last flourish. */
	finish(total: StreakTotal): void {
		this.#count(total, true);
	}

	#count(total: StreakTotal, final: boolean): void {
		const counted = (one: Showing): Showing =>
			isOf(one, total) && (final || one.count < total.count)
				? { ...one, count: Math.max(one.count, total.count), beats: one.beats + 1, final }
				: one;
		this.#waiting = this.#waiting.map(counted);
		if (this.stage) this.stage = counted(this.stage);
		if (this.small.some((one) => isOf(one, total))) this.small = this.small.map(counted);
		const shown = this.small.find((one) => isOf(one, total) && one.final);
		if (shown) this.#leaveLater(shown);
	}

	clear(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
		this.#waiting = [];
		this.small = [];
		this.stage = null;
	}

	/** Add to a moment of the same person and gift, on screen or waiting. */
	#join(event: GiftEvent, roomId: string): boolean {
		const joins = (one: Showing) => one.roomId === roomId && isSame(one, event);
		const shown = this.small.find(joins);
		if (shown) {
			const more = grown(shown, event);
			this.small = this.small.map((one) => (one === shown ? more : one));
			this.#extend(more);
			return true;
		}
		const inOrder = !this.#options.oneAtATime || this.#waiting.length === 0;
		if (this.stage && inOrder && joins(this.stage)) {
			this.stage = grown(this.stage, event);
			this.#extend(this.stage);
			return true;
		}
		const index = this.#options.oneAtATime
			? this.#waiting.findLastIndex(
					(one, place) => place === this.#waiting.length - 1 && joins(one)
				)
			: this.#waiting.findIndex(joins);
		const waiting = this.#waiting[index];
		if (!waiting) return false;
		this.#waiting[index] = grown(waiting, event);
		return true;
	}

	#extend(one: Showing): void {
		this.#leaveLater(one);
		this.#options.onshow?.(one);
	}

	#trim(): void {
		while (this.#waiting.length > this.#options.waitingMax) {
			const small = this.#waiting.findIndex((one) => one.kind !== 'stage');
			this.#waiting.splice(Math.max(small, 0), 1);
		}
	}

	#fill(): void {
		const rest: Showing[] = [];
		for (const one of this.#waiting) {
			if (one.kind === 'stage') {
				if (this.stage) rest.push(one);
				else this.#show(one);
			} else if (this.small.length < this.#options.smallMax) this.#show(one);
			else rest.push(one);
		}
		this.#waiting = rest;
		if (this.idle) this.#options.onidle?.();
	}

	#show(one: Showing): void {
		if (one.kind === 'stage') this.stage = one;
		else this.small = [...this.small, one];
		this.#leaveLater(one);
		this.#options.onshow?.(one);
	}

	#leaveLater({ key, kind, gift, final }: Showing): void {
		const { small_ms, fly_ms, stage_ms, lasts_ms } = this.#options;
		clearTimeout(this.#timers.get(key));
		const show_ms = lasts_ms?.(gift.id) ?? stage_ms;
		const usual_ms = kind === 'stage' ? show_ms : kind === 'fly' ? fly_ms : small_ms;
		const stay_ms = final ? Math.min(usual_ms, FLOURISH_MS) : usual_ms;
		this.#timers.set(
			key,
			setTimeout(() => this.#leave(key), stay_ms)
		);
	}

	#leave(key: string): void {
		this.#timers.delete(key);
		if (this.stage?.key === key) this.stage = null;
		else this.small = this.small.filter((one) => one.key !== key);
		this.#fill();
	}
}

/**
 * Small gifts of one person add up, and so do the beats of one streak; a gift that takes the stage is a
 * show of its own unless it is a beat. Two messages never become one, nor do two who gave no name.
 */
function isSame(one: Showing, event: GiftEvent): boolean {
	const same = one.sender.id === event.sender.id && one.gift.id === event.gift.id;
	if (!same || one.streak !== event.streak) return false;
	if (one.message !== null && event.message !== null) return false;
	return one.streak !== null || (one.kind !== 'stage' && !isNobody(one.sender));
}

function isOf(one: Showing, total: StreakTotal): boolean {
	return (
		one.streak === total.streak &&
		one.sender.id === total.sender.id &&
		one.gift.id === total.gift.id
	);
}

function grown(one: Showing, event: GiftEvent): Showing {
	const hop = Date.now() - one.hopped_ms >= HOP_EVERY_MS;
	return {
		...one,
		hops: one.hops + (hop ? 1 : 0),
		hopped_ms: hop ? Date.now() : one.hopped_ms,
		count: one.count + event.count,
		message: one.message ?? event.message,
		first: one.first ?? event.first,
		beats: one.beats + 1,
		lastSeq: event.seq
	};
}
