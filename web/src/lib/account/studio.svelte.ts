import { api, Problem, type Earnings, type Eligibility, type Overlay, type Stream } from '$lib/api';

/** What the studio shows of one creator. */
export class Studio {
	eligibility = $state.raw<Eligibility | null>(null);
	earnings = $state.raw<Earnings | null>(null);
	overlay = $state.raw<Overlay | null>(null);
	live = $state.raw<Stream | null>(null);
	/** Why the studio could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last action was refused. */
	refusal = $state.raw<Problem | null>(null);
	busy = $state<'gifting' | 'stream' | 'overlay' | null>(null);

	constructor(creatorId: string) {
		this.#creatorId = creatorId;
	}

	async load(days: number): Promise<void> {
		try {
			const [eligibility, earnings, overlay, streams] = await Promise.all([
				api.get('/v1/creator/eligibility'),
				api.get('/v1/creator/earnings', { params: { query: { days } } }),
				api.get('/v1/creator/overlay'),
				api.get('/v1/streams', { params: { query: { limit: 100 } } })
			]);
			this.eligibility = eligibility;
			this.earnings = earnings;
			this.overlay = overlay;
			this.live = streams.items.find((each) => each.creator.id === this.#creatorId) ?? null;
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
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

	goLive(title: string): Promise<boolean> {
		return this.#do('stream', async () => {
			this.live = await api.post('/v1/streams', { body: { title } });
		});
	}

	endStream(): Promise<boolean> {
		return this.#do('stream', async () => {
			if (!this.live) return;
			await api.post('/v1/streams/{id}/end', { params: { path: { id: this.live.id } } });
			this.live = null;
		});
	}

	rotateOverlay(): Promise<boolean> {
		return this.#do('overlay', async () => {
			this.overlay = await api.post('/v1/creator/overlay/rotate');
		});
	}

	/** Run one action; true when it worked. A refusal is kept for the page to show. */
	async #do(name: NonNullable<Studio['busy']>, action: () => Promise<void>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = name;
		this.refusal = null;
		try {
			await action();
			return true;
		} catch (thrown) {
			this.refusal = Problem.from(thrown);
			return false;
		} finally {
			this.busy = null;
		}
	}

	#creatorId: string;
}
