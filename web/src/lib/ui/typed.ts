/** What is in a field when words of it have been sent: letters that were typed meanwhile begin the next ones. */
export function typedSince(sent: string, now: string): string {
	if (!sent || !now.startsWith(sent)) return now;
	return now.slice(sent.length).trimStart();
}
