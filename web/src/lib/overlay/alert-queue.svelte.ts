import { spokenOf, streakParts, variationFor, type Alert, type Spoken } from './alerts';
import type { StreakTotal } from '$lib/live/protocol';
import type { AlertSettings, AlertVariation } from './types';

export interface AlertQueueOptions {
	settings: AlertSettings;
	/** An alert is on screen, or one on screen grew; `fresh` the first time, and when it looks otherwise now. */
	onshow?: (alert: Alert, variation: AlertVariation, fresh: boolean) => void;
	onspeak?: (spoken: Spoken) => void;
	/** Dealt with, though not shown: too cheap, or no variation fits. */
	onpass?: (alert: Alert) => void;
}

export interface Shown {
	alert: Alert;
	variation: AlertVariation;
}

const WAITING_MAX = 5000;
/** A streak that goes on and on makes room for others after so long. */
const OPEN_MAX_MS = 60_000;

type Timer = ReturnType<typeof setTimeout>;

/** One alert at a time, in order, with a pause between; a streak is one alert that counts up and ends with its total. */
export class AlertQueue {
	shown = $state.raw<Shown | null>(null);

	readonly #options: AlertQueueOptions;
	#settings: AlertSettings;
	#waiting: Alert[] = [];
	#leaving: Timer | undefined;
	#pausing: Timer | undefined;
	#since_ms = 0;
	/** Streaks that had their time on screen: their later beats show nothing. */
	readonly #done = new Set<string>();

	constructor(options: AlertQueueOptions) {
		this.#options = options;
		this.#settings = options.settings;
	}

	get waiting(): number {
		return this.#waiting.length;
	}

	get idle(): boolean {
		return this.shown === null && this.#waiting.length === 0;
	}

	/** Other settings: they hold for what is on screen too. */
	set settings(settings: AlertSettings) {
		this.#settings = settings;
		if (!this.shown) return;
		const variation = variationFor(settings, this.shown.alert);
		if (variation) this.shown = { alert: this.shown.alert, variation };
	}

	push(alert: Alert): void {
		if (this.#done.has(alert.key)) return this.#options.onpass?.(alert);
		this.#waiting.push(alert);
		if (this.#waiting.length > WAITING_MAX) {
			const dropped = this.#waiting.shift();
			if (dropped) this.#options.onpass?.(dropped);
		}
		this.#next();
	}

	/** An alert of this key, on screen or waiting. */
	find(key: string): Alert | null {
		if (this.shown?.alert.key === key) return this.shown.alert;
		return this.#waiting.find((each) => each.key === key) ?? null;
	}

	/** A streak grew, or ended: its alert shows this total. False: none is here. */
	grow(
		total: StreakTotal,
		seqs: readonly number[],
		more: { open: boolean; message?: string }
	): boolean {
		const parts = streakParts(total);
		const known = this.find(parts.key);
		if (!known) return false;
		const grown: Alert = {
			...known,
			...parts,
			open: more.open,
			message: known.message || (more.message ?? ''),
			seqs: [...known.seqs, ...seqs],
			beats: known.beats + 1
		};
		if (this.shown?.alert.key === parts.key) this.#regrow(grown);
		else {
			this.#waiting = this.#waiting.map((each) => (each.key === parts.key ? grown : each));
			this.#next();
		}
		return true;
	}

	/** Take out what was removed by a moderator, on screen or waiting. */
	drop(match: (alert: Alert) => boolean): void {
		for (const alert of this.#waiting.filter(match)) this.#options.onpass?.(alert);
		this.#waiting = this.#waiting.filter((alert) => !match(alert));
		if (this.shown && match(this.shown.alert)) this.#leave();
	}

	clear(): void {
		clearTimeout(this.#leaving);
		clearTimeout(this.#pausing);
		this.#pausing = undefined;
		this.#waiting = [];
		this.shown = null;
	}

	#regrow(alert: Alert): void {
		const before = this.shown?.variation;
		const variation = variationFor(this.#settings, alert) ?? before;
		if (!variation) return;
		this.shown = { alert, variation };
		this.#options.onshow?.(alert, variation, variation !== before);
		if (!alert.open) this.#speak(alert);
		this.#leaveLater();
	}

	#next(): void {
		if (this.shown || this.#pausing !== undefined) return;
		// A streak too cheap so far may still grow: it waits aside while others pass.
		for (let place = 0; place < this.#waiting.length; place++) {
			const alert = this.#waiting[place];
			if (!alert) return;
			const variation = variationFor(this.#settings, alert);
			if (!variation && alert.open) continue;
			this.#waiting.splice(place, 1);
			if (variation) return this.#show({ alert, variation });
			this.#options.onpass?.(alert);
			place--;
		}
	}

	#show(shown: Shown): void {
		this.shown = shown;
		this.#since_ms = Date.now();
		this.#options.onshow?.(shown.alert, shown.variation, true);
		if (!shown.alert.open) this.#speak(shown.alert);
		this.#leaveLater();
	}

	#speak(alert: Alert): void {
		const spoken = spokenOf(this.#settings.speech, alert);
		if (spoken) this.#options.onspeak?.(spoken);
	}

	#leaveLater(): void {
		const shown = this.shown;
		if (!shown) return;
		clearTimeout(this.#leaving);
		const lasts_ms = shown.variation.duration_s * 1000;
		const left_ms = this.#since_ms + OPEN_MAX_MS - Date.now();
		const stay_ms = shown.alert.open ? Math.max(0, left_ms) : lasts_ms;
		this.#leaving = setTimeout(() => this.#leave(), stay_ms);
	}

	#leave(): void {
		clearTimeout(this.#leaving);
		if (this.shown?.alert.kind === 'streak') this.#remember(this.shown.alert.key);
		this.shown = null;
		this.#pausing = setTimeout(() => {
			this.#pausing = undefined;
			this.#next();
		}, this.#settings.pause_ms);
	}

	#remember(key: string): void {
		this.#done.add(key);
		if (this.#done.size > 500) this.#done.delete(this.#done.values().next().value ?? '');
	}
}
