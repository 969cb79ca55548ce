/** Our own drawings of the cheer marks on a 48 grid: flat layers, one light from the upper left. */
export interface MarkArt {
	motion: 'wave' | 'pulse' | 'jump';
	layers: readonly { part: 'body' | 'light' | 'deep' | 'line'; d: string }[];
}

/** A megaphone that calls out. */
const MEGAPHONE: MarkArt = {
	motion: 'wave',
	layers: [
		{ part: 'deep', d: 'M13 30h7l3 13h-6c-2 0-3-6-4-13z' },
		{ part: 'body', d: 'M6 20c0-2 1-3 3-3h8L35 7v33L17 31H9c-2 0-3-1-3-3z' },
		{ part: 'light', d: 'M10 20h8l13-7v5l-12 5h-9z' },
		{ part: 'line', d: 'M40 16l5-3M41 24h5M40 32l5 3' }
	]
};

/** A spark with four long points and a small one beside it. */
const SPARK: MarkArt = {
	motion: 'pulse',
	layers: [
		{ part: 'body', d: 'M22 4c2 11 5 15 16 18-11 3-14 7-16 18-2-11-5-15-16-18 11-3 14-7 16-18z' },
		{ part: 'light', d: 'M22 12c0 6-3 9-8 10 4-2 6-5 8-10z' },
		{ part: 'light', d: 'M39 31c1 4 2 5 6 6-4 1-5 2-6 6-1-4-2-5-6-6 4-1 5-2 6-6z' }
	]
};

/** A lantern that glows. */
const LANTERN: MarkArt = {
	motion: 'wave',
	layers: [
		{ part: 'line', d: 'M24 3v6' },
		{ part: 'deep', d: 'M16 9h16v5H16z' },
		{ part: 'body', d: 'M14 14h20c6 6 6 18 0 24H14c-6-6-6-18 0-24z' },
		{ part: 'light', d: 'M18 17c-4 5-4 13 0 18 2 0 3-1 3-2-2-5-2-10 0-14 0-1-1-2-3-2z' },
		{ part: 'deep', d: 'M17 38h14v4H17z' },
		{ part: 'line', d: 'M21 42v4M27 42v4' }
	]
};

/** Two hands in the air. */
const HANDS: MarkArt = {
	motion: 'jump',
	layers: [
		{ part: 'body', d: 'M8 40V20c-3-5-4-9-2-11 3-2 5 2 6 6l2-9c1-3 5-3 5 0v14c0 8-1 14-3 20z' },
		{ part: 'body', d: 'M40 40V20c3-5 4-9 2-11-3-2-5 2-6 6l-2-9c-1-3-5-3-5 0v14c0 8 1 14 3 20z' },
		{ part: 'light', d: 'M11 37V21l3-4v20z' },
		{ part: 'deep', d: 'M6 39h11v5H6zM31 39h11v5H31z' },
		{ part: 'line', d: 'M24 4v6M22 14h4' }
	]
};

/** A comet that flies past. */
const COMET: MarkArt = {
	motion: 'pulse',
	layers: [
		{ part: 'deep', d: 'M4 44c6-14 12-22 22-30l8 8C26 32 18 38 4 44z' },
		{ part: 'light', d: 'M12 36c5-7 10-12 17-17l2 2c-5 7-11 11-19 15z' },
		{ part: 'body', d: 'M32 5c6-2 12 4 11 10-1 7-9 11-15 7-7-4-4-15 4-17z' },
		{ part: 'light', d: 'M32 10c-3 1-4 4-3 6 1-2 3-4 6-5-1-1-2-1-3-1z' }
	]
};

const DRAWN = [MEGAPHONE, SPARK, LANTERN, HANDS, COMET] as const;
const BY_NAME: Readonly<Record<string, MarkArt>> = {
	cheer: MEGAPHONE,
	spark: SPARK,
	glow: LANTERN,
	hooray: HANDS,
	comet: COMET
};

/** The drawing of a mark; one that an operator added takes one of ours by its name. */
export function markArt(name: string): MarkArt {
	const known = BY_NAME[name.toLowerCase()];
	if (known) return known;
	let sum = 0;
	for (const letter of name.toLowerCase()) sum += letter.codePointAt(0) ?? 0;
	return DRAWN[sum % DRAWN.length] ?? COMET;
}
