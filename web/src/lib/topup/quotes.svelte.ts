import { untrack } from 'svelte';
import { api, Problem } from '$lib/api';
import { dependsOnChoice, isAboutCode } from './code-text';
import type { Quote, Wish } from './types';

/** Choices follow each other quickly while somebody types or walks through packages. */
export const DEBOUNCE_MS = 250;

/**
 * The price of what is chosen now, as the server says. A quote of another choice may still be shown, dimmed, while the
 * new one is on its way; only `fresh` may be paid.
 */
export class Quotes {
	/** The last that came, whatever it was for. */
	latest = $state.raw<Quote | null>(null);
	/** Why there is no quote of what is chosen. */
	problem = $state.raw<Problem | null>(null);
	/** Why the code does nothing; the quote is then without it. */
	codeProblem = $state.raw<Problem | null>(null);
	/** When the latest came, by this device's clock. */
	latestAt = $state(0);

	/** Ask for the price of a wish, unless that is what was asked last; null: there is nothing to ask. */
	want(wish: Wish | null): void {
		untrack(() => {
			const key = wish ? JSON.stringify(wish) : '';
			if (key === this.#key) return;
			this.#key = key;
			this.#begin(wish, this.latest ? DEBOUNCE_MS : 0);
		});
	}

	/** Ask again for the same: it is old, or the last try failed. Codes get another chance. */
	again(): void {
		this.#refused.clear();
		this.#begin(this.#wish, 0);
	}

	/** The quote of what is chosen now; null while there is none. */
	get fresh(): Quote | null {
		return this.#answered && this.#answered === this.#key ? this.latest : null;
	}

	/** What the fresh quote is a price of: the wish, without a code that does nothing. */
	get quoted(): Wish | null {
		return this.fresh ? this.#quoted : null;
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#running?.abort();
		this.#key = '';
	}

	#begin(wish: Wish | null, delayMs: number): void {
		clearTimeout(this.#timer);
		this.#running?.abort();
		this.#wish = wish;
		this.#answered = '';
		this.problem = null;
		if (!wish) return;
		const running = (this.#running = new AbortController());
		this.#timer = setTimeout(() => void this.#ask(wish, running.signal), delayMs);
	}

	async #ask(wish: Wish, signal: AbortSignal): Promise<void> {
		const known = wish.code ? this.#refused.get(wish.code) : undefined;
		if (known) return this.#askWithout(wish, known, signal);
		try {
			const quote = await api.post('/v1/quotes', { body: { ...wish, channel: 'web' }, signal });
			if (signal.aborted) return;
			this.codeProblem = null;
			this.#answer(wish, quote);
		} catch (thrown) {
			if (signal.aborted) return;
			const problem = Problem.from(thrown);
			if (!wish.code || !isAboutCode(problem)) this.problem = problem;
			else await this.#askWithout(wish, problem, signal);
		}
	}

	/** The price without a code that is no good, and why it is not. */
	async #askWithout(wish: Wish, reason: Problem, signal: AbortSignal): Promise<void> {
		if (wish.code && !dependsOnChoice(reason)) this.#refused.set(wish.code, reason);
		const { code: _, ...bare } = wish;
		try {
			const quote = await api.post('/v1/quotes', { body: { ...bare, channel: 'web' }, signal });
			if (signal.aborted) return;
			this.codeProblem = reason;
			this.#answer(bare, quote);
		} catch (thrown) {
			if (!signal.aborted) this.problem = Problem.from(thrown);
		}
	}

	#answer(quoted: Wish, quote: Quote): void {
		this.latest = quote;
		this.latestAt = Date.now();
		this.#quoted = quoted;
		this.#answered = this.#key;
	}

	#key = $state('');
	#answered = $state('');
	#quoted = $state.raw<Wish | null>(null);
	#wish: Wish | null = null;
	#running: AbortController | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Codes that are no good whatever is chosen: asking about them again would only count as another try. */
	#refused = new Map<string, Problem>();
}
