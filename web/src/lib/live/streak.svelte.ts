import { Refusal } from './refusal';

export interface StreakOptions {
	/** Sends one beat under the streak's id; rejects when the gift was refused. */
	send: (streak: string) => Promise<unknown>;
	newId: () => string;
	onrefused?: (thrown: unknown) => void;
}

/** Held down, a gift goes out this often. */
export const REPEAT_MS = 260;
/** A tap within this time goes on with the same streak. */
export const STREAK_WINDOW_MS = 2000;
/** Beats without an answer yet; a slow line must not pile up gifts that nobody saw go out. */
const UNANSWERED_MAX = 4;

/** Hold to streak: repeated gifts under one streak id while held, or tapped again in time. */
export class Streak {
	/** Beats that the server has confirmed. */
	beats = $state(0);
	held = $state(false);
	/** True from the first beat until the window closes. */
	alive = $state(false);

	readonly #options: StreakOptions;
	#id: string | null = null;
	#unanswered = 0;
	#repeat: ReturnType<typeof setInterval> | undefined;
	#window: ReturnType<typeof setTimeout> | undefined;

	constructor(options: StreakOptions) {
		this.#options = options;
	}

	/** Finger down: one beat now, more while it stays. */
	press(): void {
		if (this.held) return;
		this.held = true;
		this.#beat();
		this.#repeat = setInterval(() => this.#beat(), REPEAT_MS);
	}

	release(): void {
		this.held = false;
		clearInterval(this.#repeat);
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

	#renew(): void {
		this.#id = null;
		this.beats = 0;
		if (!this.held) this.#beat();
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
				if (this.#id === id) this.beats += 1;
			})
			.catch((thrown: unknown) => {
				// The server has closed this streak: the next beat begins another one.
				if (this.#id === id && Refusal.from(thrown).code === 'streak_ended') return this.#renew();
				if (this.#id === id) this.release();
				if (Refusal.from(thrown).code !== 'streak_ended') this.#options.onrefused?.(thrown);
			})
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
