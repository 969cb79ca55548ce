import { api, Problem, uuidv7, type GiftType, type Goal, type Stream } from '$lib/api';
import type { paths } from '$lib/api/schema';

type NewGoal =
	paths['/v1/streams/{id}/goals']['post']['requestBody']['content']['application/json'];

/** The goals of the stream that is live. */
export class GoalBoard {
	/** Null: nothing is live; undefined: not known yet. */
	live = $state.raw<Stream | null | undefined>(undefined);
	goals = $state.raw<Goal[]>([]);
	gifts = $state.raw<GiftType[]>([]);
	/** Why they could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last goal was refused. */
	refusal = $state.raw<Problem | null>(null);
	busy = $state(false);

	async load(): Promise<void> {
		try {
			const [streams, gifts] = await Promise.all([
				api.get('/v1/creator/streams', { params: { query: { limit: 1 } } }),
				api.get('/v1/gifts')
			]);
			const live = streams.items.find((each) => each.state === 'live') ?? null;
			if (live) await this.#read(live.id);
			this.gifts = gifts.items;
			this.live = live;
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		}
	}

	/** How far they are now. What cannot be read this time is read the next. */
	async refresh(): Promise<void> {
		if (!this.live || this.busy) return;
		await this.#read(this.live.id).catch(() => undefined);
	}

	set(title: string, parts: NewGoal['parts']): Promise<boolean> {
		return this.#do(async (id) => {
			const body = { id: uuidv7(), title, parts };
			await api.post('/v1/streams/{id}/goals', { params: { path: { id } }, body });
		});
	}

	cancel(goal_id: string): Promise<boolean> {
		return this.#do(async (id) => {
			await api.post('/v1/streams/{id}/goals/{goal_id}/cancel', {
				params: { path: { id, goal_id } }
			});
		});
	}

	/** An answer that comes after a later one is older than what is shown. */
	async #read(id: string): Promise<void> {
		const turn = (this.#asked += 1);
		const { items } = await api.get('/v1/streams/{id}/goals', { params: { path: { id } } });
		if (turn < this.#shown) return;
		this.#shown = turn;
		this.goals = items;
	}

	async #do(action: (streamId: string) => Promise<void>): Promise<boolean> {
		if (this.busy || !this.live) return false;
		this.busy = true;
		this.refusal = null;
		try {
			await action(this.live.id);
			await this.#read(this.live.id);
			return true;
		} catch (thrown) {
			this.refusal = Problem.from(thrown);
			return false;
		} finally {
			this.busy = false;
		}
	}

	#asked = 0;
	#shown = 0;
}

interface Part {
	id: number;
	/** The slug of a gift; empty: coins. */
	gift: string;
	target: string;
}

/** A goal while it is being written. */
export class GoalForm {
	title = $state('');
	parts = $state<Part[]>([{ id: 0, gift: '', target: '' }]);
	/** Sent once: from then on it says what is missing. */
	tried = $state(false);
	#next = 1;

	/** One more part, for something that no other part counts. */
	add(slugs: readonly string[]): void {
		const free = ['', ...slugs].find((slug) => this.isFree(slug));
		if (free !== undefined) this.parts.push({ id: this.#next++, gift: free, target: '' });
	}

	drop(id: number): void {
		this.parts = this.parts.filter((part) => part.id !== id);
	}

	/** No part counts it; `but` is not asked. */
	isFree(gift: string, but?: Part): boolean {
		return !this.parts.some((part) => part.id !== but?.id && part.gift === gift);
	}

	get titleError(): string | undefined {
		return this.tried && !this.title.trim() ? 'Say what it is for.' : undefined;
	}

	targetError({ target }: Part): string | undefined {
		return this.tried && count(target) === null ? 'A whole number from 1.' : undefined;
	}

	/** The body of a request; null while something is missing. */
	wanted(): { title: string; parts: NewGoal['parts'] } | null {
		this.tried = true;
		const title = this.title.trim();
		const parts = this.parts.map(({ gift, target }) => ({
			gift: gift || null,
			target: count(target) ?? 0
		}));
		return title && parts.every(({ target }) => target > 0) ? { title, parts } : null;
	}

	clear(): void {
		this.title = '';
		this.parts = [{ id: this.#next++, gift: '', target: '' }];
		this.tried = false;
	}
}

/** A count as people write it ("1,000", "1 000"); null when it is none. */
export function count(text: string): number | null {
	const digits = text.replace(/[\s,.'’]/g, '');
	return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
}
