import { api, Problem, session } from '$lib/api';
import { formatDate, formatRelative } from '$lib/ui';
import type { Claim, Promotion } from './types';

const SOON_MS = 48 * 3_600_000;

/** Free coins that are taken on this page. */
export class Claims {
	/** What came of them, by slug. */
	taken = $state.raw<Record<string, Claim>>({});
	problems = $state.raw<Record<string, Problem>>({});
	running = $state<string | null>(null);

	/** Take free coins. A second try of the same takes nothing more: the server sees to it. */
	async take(slug: string, code?: string): Promise<void> {
		if (this.running) return;
		this.running = slug;
		const { [slug]: _, ...others } = this.problems;
		this.problems = others;
		try {
			const params = { path: { slug } };
			const claim = await api.post('/v1/promotions/{slug}/claim', { params, body: { code } });
			this.taken = { ...this.taken, [slug]: claim };
		} catch (thrown) {
			this.problems = { ...this.problems, [slug]: Problem.from(thrown) };
		} finally {
			this.running = null;
		}
		// The coins are there even where the bar's figure cannot be fetched just now.
		if (this.taken[slug]) await session.refreshWallet().catch(() => undefined);
	}

	has(promotion: Promotion): boolean {
		return promotion.claimed || promotion.slug in this.taken;
	}
}

/** Whether it applies by itself, with no code and nothing to claim. */
export function isAutomatic(promotion: Promotion): boolean {
	return promotion.kind !== 'grant' && !promotion.code_needed;
}

/** What a promotion asks for, in a few words each. */
export function conditions(promotion: Promotion): string[] {
	const found: string[] = [];
	if (promotion.first_recharge) found.push('First purchase');
	if (promotion.coins_min > 0) {
		found.push(`From ${new Intl.NumberFormat().format(promotion.coins_min)} coins`);
	}
	return found;
}

/** "Ends in 5 hr." in the last two days, the day before that. */
export function endText(promotion: Pick<Promotion, 'ends_at'>, nowMs: number): string {
	const { ends_at } = promotion;
	const soon = Date.parse(ends_at) - nowMs < SOON_MS;
	return soon ? `Ends ${formatRelative(ends_at, nowMs)}` : `Until ${formatDate(ends_at)}`;
}
