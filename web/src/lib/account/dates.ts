/** "Nov 22", and with its year where that is another: for narrow columns. */
export function shortDate(at: string, now: number, locale?: string): string {
	const date = new Date(at);
	const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
	return new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', year }).format(date);
}
