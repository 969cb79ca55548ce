/** A face for everybody: colours from the id, letters from the name, the same on every screen. */

// Pairs of stage-light colours; the second is dark enough for white letters over the whole disc.
export const palette: readonly (readonly [string, string])[] = [
	['#c23a63', '#6d1f5c'],
	['#b0521b', '#7a2034'],
	['#8a5f00', '#6a3312'],
	['#4d7424', '#1d4f46'],
	['#157a6e', '#154a73'],
	['#1f6fae', '#3b3a94'],
	['#5c55c4', '#4a2380'],
	['#9141a8', '#52226f'],
	['#a33f86', '#3f2a84'],
	['#5a6472', '#2f3650']
];

/** FNV-1a, 32 bit: small, stable, spread well enough to pick a colour. */
export function hash(text: string): number {
	let value = 0x811c9dc5;
	for (const character of text) {
		value ^= character.codePointAt(0) ?? 0;
		value = Math.imul(value, 0x01000193);
	}
	return value >>> 0;
}

export function initials(name: string): string {
	const words = name
		.trim()
		.split(/[\s._-]+/)
		.filter(Boolean);
	const first = [...(words[0] ?? '')][0] ?? '?';
	const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
	return (first + last).toLocaleUpperCase();
}

export function colours(seed: string): readonly [string, string] {
	return palette[hash(seed) % palette.length]!;
}
