import { api, Problem, type CoinPackage, type PackageList, type Provider } from '$lib/api';
import { payableHere } from './methods';
import type { Promotion } from './types';

/** What coins cost in one country on the web, the ways to pay for them, and what is offered besides. */
export class Prices {
	list = $state.raw<PackageList | null>(null);
	providers = $state.raw<Provider[]>([]);
	promotions = $state.raw<Promotion[]>([]);
	problem = $state.raw<Problem | null>(null);
	loading = $state(false);

	/**
	 * Fetch what a country is sold; without one, what the buyer's own is, which the server knows. The answer for an
	 * earlier country that arrives late is dropped.
	 */
	async load(country: string | null): Promise<void> {
		const turn = (this.#turn += 1);
		this.loading = true;
		this.problem = null;
		try {
			const query = { channel: 'web' as const, ...(country && { country }) };
			const asked = api.get('/v1/coin-packages', { params: { query } });
			const code = country ?? (await asked).country;
			const [list, ways, promotions] = await Promise.all([
				asked,
				api.get('/v1/providers', { params: { query: { country: code } } }),
				this.#offered(code)
			]);
			if (this.#turn !== turn) return;
			this.list = list;
			this.providers = payableHere(ways.items);
			this.promotions = promotions;
		} catch (thrown) {
			if (this.#turn !== turn) return;
			this.list = null;
			this.problem = Problem.from(thrown);
		} finally {
			if (this.#turn === turn) this.loading = false;
		}
	}

	/** The smallest package that covers `needed` coins, else the largest. */
	fitting(needed: number): CoinPackage | undefined {
		return fittingPackage(this.list?.items ?? [], needed);
	}

	/** Coins can be bought without knowing of promotions: quotes count them in anyway. */
	async #offered(country: string): Promise<Promotion[]> {
		try {
			const query = { country, channel: 'web' as const };
			return (await api.get('/v1/promotions', { params: { query } })).items;
		} catch {
			return [];
		}
	}

	#turn = 0;
}

export function fittingPackage(packages: CoinPackage[], needed: number): CoinPackage | undefined {
	const bySize = [...packages].sort((a, b) => coinsOf(a) - coinsOf(b));
	return bySize.find((each) => coinsOf(each) >= needed) ?? bySize.at(-1);
}

export function coinsOf(each: { coins: number; coins_bonus: number }): number {
	return each.coins + each.coins_bonus;
}

/** "30%" from basis points, rounded down: a saving is never promised larger than it is. */
export function percent(basisPoints: number): string {
	return `${Math.floor(basisPoints / 100)}%`;
}
