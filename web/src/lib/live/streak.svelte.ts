import { correctClock } from '$lib/api';
import { Refusal } from './refusal';

export interface StreakOptions {
	/** Sends one beat under the streak's id; rejects when the gift was refused. */
	send: (streak: string) => Promise<unknown>;
	newId: () => string;
	onrefused?: (thrown: unknown) => void;
	/** A steady clock, in ms. */
	now?: () => number;
}

/** Held down, a gift goes out this often. */
export const REPEAT_MS = 260;
/** A timer that comes later than this found the page busy: the finger may be up, and the page not know it yet. */
const LATE_MS = 50;
/** What waits to be told is told within this time, once the page is idle again. */
const SETTLE_MS = 60;
/** A tap within this time goes on with the same streak. */
export const STREAK_WINDOW_MS = 2000;
/** Beats without an answer yet; a slow line must not pile up gifts that nobody saw go out. */
const UNANSWERED_MAX = 4;

/** The server takes no more under this streak's id: the next beat begins another one. */
const OVER: ReadonlySet<string> = new Set(['streak_ended', 'streak_id_out_of_time']);

/** Hold to streak: repeated gifts under one streak id while held, or tapped again in time. */
export class Streak {
	/** Beats that the server has confirmed. */
	beats = $state(0);
	held = $state(false);
	/** True from the first beat until the window closes. */
	alive = $state(false);

	readonly #options: StreakOptions;
	#id: string | null = null;
	/** It was begun anew, and no beat was confirmed since. */
	#renewed = false;
	#unanswered = 0;
	#repeat: ReturnType<typeof setTimeout> | undefined;
	#window: ReturnType<typeof setTimeout> | undefined;

	readonly #now: () => number;

	constructor(options: StreakOptions) {
		this.#options = options;
		this.#now = options.now ?? (() => performance.now());
	}

	/** Finger down: one beat now, more while it stays. */
	press(): void {
		if (this.held) return;
		this.held = true;
		this.#beat();
		if (this.held) this.#repeatIn(REPEAT_MS);
	}

	release(): void {
		this.held = false;
		clearTimeout(this.#repeat);
	}

	/** The next beat. A late timer is no sign that the finger stayed down: the page hears first whether it went up. */
	#repeatIn(wait_ms: number, heard = false): void {
		const due_ms = this.#now() + wait_ms;
		this.#repeat = setTimeout(() => {
			if (!heard && this.#now() - due_ms > LATE_MS) return this.#repeatIn(SETTLE_MS, true);
			this.#beat();
			if (this.held) this.#repeatIn(REPEAT_MS);
		}, wait_ms);
	}

	/** One beat, for keyboards and screen readers that click. */
	tap(): void {
		this.#beat();
	}

	/** Forget the streak: another gift was chosen, or the panel closed. */
	end(): void {
		this.release();
		clearTimeout(this.#window);
		this.#id = null;
		this.beats = 0;
		this.alive = false;
	}

	#failed(id: string, refusal: Refusal): void {
		const { code, figures } = refusal;
		if (code === 'streak_id_out_of_time') correctClock(figures['server_time']);
		// Beats that were under way when another streak had begun: nothing was charged for them.
		if (OVER.has(code) && this.#id !== id) return;
		if (!OVER.has(code) || this.#renewed) {
			if (this.#id === id) this.release();
			this.#options.onrefused?.(refusal);
		} else {
			this.#renewed = true;
			this.#id = null;
			this.beats = 0;
			if (!this.held) this.#beat();
		}
	}

	#beat(): void {
		if (this.#unanswered >= UNANSWERED_MAX) return;
		this.#id ??= this.#options.newId();
		const id = this.#id;
		this.#unanswered += 1;
		this.#stayAlive();
		this.#options
			.send(id)
			.then(() => {
				this.#renewed = false;
				if (this.#id === id) this.beats += 1;
			})
			.catch((thrown: unknown) => this.#failed(id, Refusal.from(thrown)))
			.finally(() => {
				this.#unanswered -= 1;
			});
	}

	#stayAlive(): void {
		this.alive = true;
		clearTimeout(this.#window);
		this.#window = setTimeout(() => {
			if (this.held) this.#stayAlive();
			else this.end();
		}, STREAK_WINDOW_MS);
	}
}
