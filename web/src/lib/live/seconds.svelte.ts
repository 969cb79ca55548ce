import { createSubscriber } from 'svelte/reactivity';

/** Wakes whoever reads it once a second, and nobody while nobody does. */
class Seconds {
	#ticks = 0;
	#subscribe = createSubscriber((update) => {
		const timer = setInterval(() => {
			this.#ticks += 1;
			update();
		}, 1000);
		return () => clearInterval(timer);
	});

	get tick(): number {
		this.#subscribe();
		return this.#ticks;
	}
}

export const seconds = new Seconds();
