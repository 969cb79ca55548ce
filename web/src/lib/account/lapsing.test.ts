import { expect, it } from 'vitest';
import type { Wallet } from '$lib/api';
import { lapsesSoon, lapsingOf, nextLapses } from './lapsing';

const lapse = (coins: number, day: number) => ({
	coins,
	expires_at: `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`
});
const wallet = { coins_bonus: 5 } as Wallet;

it('tells a wallet that does not say what lapses from one where nothing does', () => {
	expect(lapsingOf(wallet)).toBeNull();
	expect(lapsingOf({ ...wallet, bonus_expiring: [] } as Wallet)).toEqual([]);
	expect(lapsingOf({ ...wallet, bonus_expiring: [lapse(5, 1)] } as Wallet)).toEqual([lapse(5, 1)]);
});

it('names the next ones and sums the rest, unless that is one', () => {
	const all = [lapse(1, 1), lapse(2, 2), lapse(3, 3), lapse(4, 4)];
	expect(nextLapses(all, 2)).toEqual({ next: all.slice(0, 2), later: 7 });
	expect(nextLapses(all, 3)).toEqual({ next: all, later: 0 });
	expect(nextLapses([], 3)).toEqual({ next: [], later: 0 });
});

it('warns three days ahead', () => {
	const at = (text: string) => new Date(text).getTime();
	expect(lapsesSoon(lapse(1, 10), at('2026-11-07T10:00:00Z'))).toBe(false);
	expect(lapsesSoon(lapse(1, 10), at('2026-11-07T10:00:01Z'))).toBe(true);
});
