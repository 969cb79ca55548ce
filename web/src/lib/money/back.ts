const RECORDS = /^\/(wallet|studio)(\/|$)/;

/** The way back to the list that a receipt was opened from; undefined when it was opened from elsewhere. */
export function backTo(from: URL | undefined): string | undefined {
	return from && RECORDS.test(from.pathname) ? from.pathname + from.search + from.hash : undefined;
}
