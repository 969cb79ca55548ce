import { Pages } from '$lib/account/pages.svelte';
import { api, type FoundPerson } from '$lib/api';

const BESIDE_FIELD = new Set(['found_by_name_only', 'validation_failed']);

/** Looks for people by their whole names. Each search is a list of its own, so a late answer disturbs no newer one. */
export class Finder {
	/** What was typed. */
	who = $state('');
	/** What was looked for last. */
	asked = $state('');
	found = $state.raw<Pages<FoundPerson> | null>(null);

	readonly looking = $derived(this.found?.status === 'loading');
	/** What is wrong with what was typed. */
	readonly wrong = $derived.by(() => {
		const problem = this.found?.problem;
		if (!problem || !BESIDE_FIELD.has(problem.code)) return undefined;
		return problem.fields.who ?? problem.detail;
	});
	/** For those who do not see the list. */
	readonly said = $derived.by(() => {
		if (this.found?.status !== 'ready') return '';
		const { items, hasMore } = this.found;
		if (!items.length) return 'Nobody found.';
		if (items.length === 1 && !hasMore) return '1 person found.';
		return `${items.length}${hasMore ? ' or more' : ''} people found.`;
	});

	async find(): Promise<void> {
		const who = this.who.trim();
		if (!who) return this.clear();
		this.asked = who;
		this.found = new Pages((cursor) =>
			api.get('/v1/creator/people', { params: { query: { who, cursor, limit: 20 } } })
		);
		await this.found.load();
	}

	/** Back to where nothing was looked for. */
	clear(): void {
		this.found = null;
	}
}
