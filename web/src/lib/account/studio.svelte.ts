import type { paths } from '$lib/api/schema';
import { api, Problem, type Earnings, type Eligibility, type Ingest, type Stream } from '$lib/api';

type Body<P extends 'post' | 'patch', Path extends keyof paths> = paths[Path] extends {
	[M in P]: { requestBody: { content: { 'application/json': infer B } } };
}
	? B
	: never;
export type NewStream = Body<'post', '/v1/streams'>;
export type StreamChange = Body<'patch', '/v1/streams/{id}'>;

/** What the studio shows of one creator. */
export class Studio {
	eligibility = $state.raw<Eligibility | null>(null);
	earnings = $state.raw<Earnings | null>(null);
	live = $state.raw<Stream | null>(null);
	/** How a media server may start streams. */
	ingest = $state.raw<Ingest | null>(null);
	/** The key just made: it is shown this once. */
	ingestKey = $state<string | null>(null);
	/** Why the studio could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last action was refused. */
	refusal = $state.raw<Problem | null>(null);
	busy = $state<'gifting' | 'stream' | 'ingest' | null>(null);

	constructor(creatorId: string) {
		this.#creatorId = creatorId;
	}

	/** An answer for an earlier range is dropped, and so is what it says of a stream that has changed meanwhile. */
	async load(days: number): Promise<void> {
		const turn = (this.#turn += 1);
		const deeds = this.#deeds;
		try {
			const [eligibility, earnings, streams, ingest] = await Promise.all([
				api.get('/v1/creator/eligibility'),
				api.get('/v1/creator/earnings', { params: { query: { days } } }),
				api.get('/v1/creator/streams', { params: { query: { limit: 1 } } }),
				api.get('/v1/creator/ingest')
			]);
			if (turn !== this.#turn) return;
			this.earnings = earnings;
			this.problem = null;
			if (deeds !== this.#deeds) return;
			this.eligibility = eligibility;
			this.live = streams.items.find((each) => each.state === 'live') ?? null;
			this.ingest = ingest;
		} catch (thrown) {
			if (turn === this.#turn) this.problem = Problem.from(thrown);
		}
	}

	async setGifting(enabled: boolean): Promise<boolean> {
		const done = await this.#do('gifting', async () => {
			this.eligibility = await api.post('/v1/creator/gifting', { body: { enabled } });
		});
		// The switch has moved already: told anew what holds, it moves back.
		if (!done && this.eligibility) this.eligibility = { ...this.eligibility };
		return done;
	}

	goLive(wanted: NewStream): Promise<boolean> {
		return this.#do('stream', async () => {
			this.live = await api.post('/v1/streams', { body: wanted });
		});
	}

	changeStream(change: StreamChange): Promise<boolean> {
		return this.#do('stream', async () => {
			if (!this.live) return;
			const path = { id: this.live.id };
			this.live = await api.patch('/v1/streams/{id}', { params: { path }, body: change });
		});
	}

	makeIngestKey(): Promise<boolean> {
		return this.#do('ingest', async () => {
			const made = await api.post('/v1/creator/ingest');
			this.ingestKey = made.key;
			if (this.ingest) this.ingest = { ...this.ingest, key_made_at: made.created_at };
		});
	}

	deleteIngestKey(): Promise<boolean> {
		return this.#do('ingest', async () => {
			await api.delete('/v1/creator/ingest');
			this.ingestKey = null;
			if (this.ingest) this.ingest = { ...this.ingest, key_made_at: null };
		});
	}

	setOpening(opening: NewStream): Promise<boolean> {
		return this.#do('ingest', async () => {
			this.ingest = await api.put('/v1/creator/ingest', { body: opening });
		});
	}

	endStream(): Promise<boolean> {
		return this.#do('stream', async () => {
			if (!this.live) return;
			await api.post('/v1/streams/{id}/end', { params: { path: { id: this.live.id } } });
			this.live = null;
		});
	}

	/** Run one action; true when it worked. A refusal is kept for the page to show. */
	async #do(name: NonNullable<Studio['busy']>, action: () => Promise<void>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = name;
		this.#deeds += 1;
		this.refusal = null;
		try {
			await action();
			return true;
		} catch (thrown) {
			this.refusal = Problem.from(thrown);
			return false;
		} finally {
			this.busy = null;
			this.#deeds += 1;
		}
	}

	#creatorId: string;
	#turn = 0;
	/** Beginnings and ends of actions. */
	#deeds = 0;
}
