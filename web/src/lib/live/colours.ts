/** Black, not a dark ink: on every ground one of the two then has a contrast of 4.5 or more. */
const DARK = '#000000';
const LIGHT = '#ffffff';

/** The text colour that can be read best on a ground given as #rrggbb. */
export function textOn(ground: string): string {
	return contrast(ground, LIGHT) >= contrast(ground, DARK) ? LIGHT : DARK;
}

/** The contrast of two colours as WCAG 2.2 defines it, from 1 to 21. */
export function contrast(a: string, b: string): number {
	const [low, high] = [luminance(a), luminance(b)].sort((one, two) => one - two) as [
		number,
		number
	];
	return (high + 0.05) / (low + 0.05);
}

/** So much of one colour, from 0 to 1, in another: for browsers inside OBS, which may not know CSS's `color-mix`. */
export function mix(colour: string, share: number, other: string): string {
	const others = parts(other);
	const mixed = parts(colour).map((part, place) =>
		Math.round(part * share + (others[place] ?? 0) * (1 - share))
	);
	return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function parts(colour: string): number[] {
	const value = Number.parseInt(colour.slice(1), 16);
	return [value >> 16, value >> 8, value].map((part) => part & 255);
}

function luminance(colour: string): number {
	const [red, green, blue] = parts(colour).map((part) => {
		const share = part / 255;
		return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
