import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 15_000;

/** One clock for every relative time on the page; it ticks only while somebody looks at it. */
export class Clock {
	#subscribe = createSubscriber((update) => {
		const timer = setInterval(update, TICK_MS);
		return () => clearInterval(timer);
	});

	get now(): number {
		this.#subscribe();
		return Date.now();
	}
}

export const clock = new Clock();
