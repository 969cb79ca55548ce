/** Which numbers of a room's log are dealt with: all up to `floor`, and some ranges above it. */
export class Marks {
	#floor: number;
	/** Closed ranges above the floor, apart from each other and in order. */
	#ranges: [number, number][];

	constructor(floor: number, ranges: readonly (readonly [number, number])[] = []) {
		this.#floor = floor;
		this.#ranges = [];
		for (const [from, to] of ranges) this.#add(from, to);
	}

	get floor(): number {
		return this.#floor;
	}

	has(seq: number): boolean {
		return seq <= this.#floor || this.#ranges.some(([from, to]) => from <= seq && seq <= to);
	}

	add(seqs: Iterable<number>): void {
		for (const seq of seqs) if (!this.has(seq)) this.#add(seq, seq);
	}

	toJSON(): [number, [number, number][]] {
		return [this.#floor, this.#ranges];
	}

	static parse(value: unknown): Marks | null {
		if (!Array.isArray(value) || !Number.isInteger(value[0]) || !Array.isArray(value[1]))
			return null;
		const ranges = value[1].filter(
			(each): each is [number, number] =>
				Array.isArray(each) && each.length === 2 && each.every(Number.isInteger)
		);
		return new Marks(value[0] as number, ranges);
	}

	#add(from: number, to: number): void {
		const apart: [number, number][] = [];
		for (const [low, high] of this.#ranges) {
			if (high < from - 1 || low > to + 1) apart.push([low, high]);
			else [from, to] = [Math.min(from, low), Math.max(to, high)];
		}
		apart.push([from, to]);
		apart.sort(([a], [b]) => a - b);
		const first = apart[0];
		if (first && first[0] <= this.#floor + 1) {
			this.#floor = Math.max(this.#floor, first[1]);
			apart.shift();
		}
		this.#ranges = apart;
	}
}
