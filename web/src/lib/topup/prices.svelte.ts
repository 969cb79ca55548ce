import { api, Problem, type CoinPackage, type PackageList, type Provider } from '$lib/api';

/** What coins cost in one country on the web, and the ways to pay for them. */
export class Prices {
	list = $state.raw<PackageList | null>(null);
	providers = $state.raw<Provider[]>([]);
	problem = $state.raw<Problem | null>(null);
	loading = $state(false);

	/** Fetch the packages of a country; an earlier country's answer that arrives late is dropped. */
	async load(country: string): Promise<void> {
		this.#country = country;
		this.loading = true;
		this.problem = null;
		try {
			const query = { country, channel: 'web' as const };
			const [list, providers] = await Promise.all([
				api.get('/v1/coin-packages', { params: { query } }),
				api.get('/v1/providers', { params: { query: { country } } })
			]);
			if (this.#country !== country) return;
			this.list = list;
			this.providers = providers.items;
		} catch (thrown) {
			if (this.#country !== country) return;
			this.list = null;
			this.problem = Problem.from(thrown);
		} finally {
			if (this.#country === country) this.loading = false;
		}
	}

	/** The smallest package that covers `needed` coins, else the largest. */
	fitting(needed: number): CoinPackage | undefined {
		return fittingPackage(this.list?.items ?? [], needed);
	}

	#country = '';
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
