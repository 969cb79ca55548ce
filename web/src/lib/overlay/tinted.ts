import { mix, textOn } from '$lib/live/colours';

/** Dark as the overlays' boxes are. */
const DARK = '#120919';
/** So much of its tier's colour is in the ground of a cheer, from which its marks stand out. */
const CHEER_SHARE = 0.36;

interface Tinted {
	ground: string;
	/** The colour of text that can be read on it. */
	words: string;
}

/** How something that was paid for looks by the colour of its tier; null: like everything else. */
export function tinted({ kind, color }: { kind: string; color: string | null }): Tinted | null {
	if (color === null) return null;
	const ground = kind === 'cheer' ? mix(color, CHEER_SHARE, DARK) : color;
	return { ground, words: textOn(ground) };
}
