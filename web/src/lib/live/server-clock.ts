/**
 * The server's time, as near as the events tell it. It runs on the browser's steady clock, so a device
 * whose clock is wrong, or jumps, shows the same time left as everybody else.
 */
export class ServerClock {
	readonly #steady: () => number;
	/** What the device says, until the server has said something. */
	#ahead_ms: number;
	#heard = false;

	constructor(
		steady: () => number = () => performance.now(),
		device: () => number = () => Date.now()
	) {
		this.#steady = steady;
		this.#ahead_ms = device() - steady();
	}

	/** An event that has just happened. What took longest to arrive is the furthest off: the newest wins. */
	hear(at: string): void {
		const ahead_ms = Date.parse(at) - this.#steady();
		if (Number.isNaN(ahead_ms) || (this.#heard && ahead_ms <= this.#ahead_ms)) return;
		this.#heard = true;
		this.#ahead_ms = ahead_ms;
	}

	get now_ms(): number {
		return this.#steady() + this.#ahead_ms;
	}

	/** Milliseconds until a moment; none are left when it is over. */
	left_ms(until: string): number {
		return Math.max(0, Date.parse(until) - this.now_ms);
	}
}
