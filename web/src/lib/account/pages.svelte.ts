import { Problem } from '$lib/api';

interface PageOf<T> {
	items: T[];
	next_cursor: string | null;
}

/** A list that is fetched page by page and only ever grows at its end. */
export class Pages<T> {
	items = $state.raw<T[]>([]);
	status = $state<'loading' | 'ready' | 'more' | 'failed'>('loading');
	problem = $state.raw<Problem | null>(null);
	hasMore = $state(false);

	constructor(fetchPage: (cursor: string | undefined) => Promise<PageOf<T>>) {
		this.#fetch = fetchPage;
	}

	/** Fetch from the start again; what was asked for before and comes later is dropped. */
	async load(): Promise<void> {
		this.status = 'loading';
		await this.#append([], undefined);
	}

	async more(): Promise<void> {
		if (this.status !== 'ready' || this.#cursor === null) return;
		this.status = 'more';
		await this.#append(this.items, this.#cursor);
	}

	async #append(before: T[], cursor: string | undefined): Promise<void> {
		const turn = (this.#turn += 1);
		try {
			const page = await this.#fetch(cursor);
			if (turn !== this.#turn) return;
			this.items = [...before, ...page.items];
			this.#cursor = page.next_cursor;
			this.hasMore = page.next_cursor !== null;
			this.problem = null;
			this.status = 'ready';
		} catch (thrown) {
			if (turn !== this.#turn) return;
			this.problem = Problem.from(thrown);
			this.status = 'failed';
		}
	}

	#fetch: (cursor: string | undefined) => Promise<PageOf<T>>;
	#cursor: string | null = null;
	#turn = 0;
}
