import { Problem } from '$lib/api';

/** One thing that a page fetches by its name. While another is on its way, the one before stays. */
export class Loaded<T> {
	value = $state.raw<T | null>(null);
	problem = $state.raw<Problem | null>(null);
	loading = $state(false);

	constructor(fetchOne: (name: string) => Promise<T>) {
		this.#fetch = fetchOne;
	}

	/** Fetch what `name` stands for; an earlier answer that arrives late is dropped. */
	async load(name: string): Promise<void> {
		this.#name = name;
		this.loading = true;
		this.problem = null;
		try {
			const value = await this.#fetch(name);
			if (this.#name !== name) return;
			this.value = value;
		} catch (thrown) {
			if (this.#name !== name) return;
			this.value = null;
			this.problem = Problem.from(thrown);
		} finally {
			if (this.#name === name) this.loading = false;
		}
	}

	#fetch: (name: string) => Promise<T>;
	#name = '';
}
