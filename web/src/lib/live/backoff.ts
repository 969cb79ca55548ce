const FIRST_MS = 500;
const MAX_MS = 20_000;

/**
 * How long to wait before the next try: doubling, with a random half so that a room full of
 * viewers does not come back in one instant after a server restart.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
	const full = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
	return Math.round(full / 2 + (full / 2) * random());
}
