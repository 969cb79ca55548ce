import type { Answer, Wallet } from '$lib/api';

export type Lapsing = Answer<'/v1/wallet'>['bonus_expiring'][number];
/** A wallet that came with a gift or over a room's socket does not know which of its coins lapse. */
type Known = Wallet & { bonus_expiring?: Lapsing[] };

/** Bonus coins that lapse, the next first; null where this wallet does not say. */
export function lapsingOf(wallet: Wallet): Lapsing[] | null {
	return (wallet as Known).bonus_expiring ?? null;
}

/** The next ones by themselves, and how many coins lapse after them. */
export function nextLapses(
	all: readonly Lapsing[],
	max: number
): { next: Lapsing[]; later: number } {
	// One more line would say less than the coins it stands for.
	const shown = all.length === max + 1 ? max + 1 : max;
	return {
		next: all.slice(0, shown),
		later: all.slice(shown).reduce((sum, each) => sum + each.coins, 0)
	};
}

const SOON_MS = 3 * 24 * 3600 * 1000;

export function lapsesSoon(lapsing: Lapsing, now: number): boolean {
	return new Date(lapsing.expires_at).getTime() - now < SOON_MS;
}
