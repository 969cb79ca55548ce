const FIRST_MS = 500;
const MAX_MS = 20_000;
/** Nobody comes back sooner: a server that refuses at once must not be asked in a circle. */
const LEAST_MS = 100;

/**
 * How long to wait before the next try: anything up to a bound that doubles, so that a room full of
 * viewers who lost their server in one instant comes back spread evenly over that time.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
	const bound = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt + 1, 16));
	return Math.round(LEAST_MS + (bound - LEAST_MS) * random());
}
