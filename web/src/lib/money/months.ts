/** Months of the calendar, UTC, as the server names them: `2026-11`. */

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export function monthOf(at: string | number): string {
	return new Date(at).toISOString().slice(0, 7);
}

/** From the newest to the oldest, both included. */
export function monthsBetween(first: string, last: string): string[] {
	const months: string[] = [];
	for (let month = last; month >= first; month = shifted(month, -1)) months.push(month);
	return months;
}

/** The month asked for where there is one of that name, else the newest. */
export function chosenMonth(asked: string | null, months: string[]): string {
	const known = asked !== null && MONTH.test(asked) && months.includes(asked);
	return known ? asked : (months[0] ?? '');
}

export function monthLabel(month: string, locale?: string): string {
	const format = new Intl.DateTimeFormat(locale, {
		month: 'long',
		year: 'numeric',
		timeZone: 'UTC'
	});
	return format.format(new Date(`${month}-01T00:00:00Z`));
}

/** A day of UTC, without its year: the month stands above it. */
export function dayLabel(date: string, locale?: string): string {
	const format = new Intl.DateTimeFormat(locale, {
		day: 'numeric',
		month: 'short',
		timeZone: 'UTC'
	});
	return format.format(new Date(date.length === 10 ? `${date}T00:00:00Z` : date));
}

function shifted(month: string, months: number): string {
	const [year = 0, no = 1] = month.split('-').map(Number);
	return monthOf(Date.UTC(year, no - 1 + months, 1));
}
