interface TurnsOptions {
	/** How long each stays. */
	stay_ms: number;
	/** How many may wait; further ones are left out. */
	waitingMax?: number;
	/** A pause after each, so that they stay something rare. */
	rest_ms?: number;
}

/** Things that are shown one after the other, each for a while. */
export class Turns<Item> {
	now = $state.raw<Item | null>(null);
	readonly #options: Required<TurnsOptions>;
	#waiting: Item[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(options: TurnsOptions) {
		this.#options = { waitingMax: 3, rest_ms: 0, ...options };
	}

	push(item: Item): void {
		if (this.#waiting.length >= this.#options.waitingMax) return;
		this.#waiting.push(item);
		if (this.#timer === undefined) this.#next();
	}

	/** Enough of this one. */
	dismiss(): void {
		clearTimeout(this.#timer);
		this.#over();
	}

	clear(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#waiting = [];
		this.now = null;
	}

	#next(): void {
		this.#timer = undefined;
		this.now = this.#waiting.shift() ?? null;
		if (this.now !== null) this.#timer = setTimeout(() => this.#over(), this.#options.stay_ms);
	}

	#over(): void {
		this.now = null;
		this.#timer = setTimeout(() => this.#next(), this.#options.rest_ms);
	}
}
