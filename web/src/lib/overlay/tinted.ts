import { mix, textOn } from '$lib/live/colours';
import { offers } from '$lib/live/offers.svelte';

/** Dark as the overlays' boxes are. */
const DARK = '#120919';
/** So much of its tier's colour is in the ground of a cheer, from which its marks stand out. */
const CHEER_SHARE = 0.36;

interface Tinted {
	ground: string;
	/** The colour of text that can be read on it. */
	words: string;
}

/** How something that was paid for looks by its tier; null: like everything else. */
export function tinted(of: { color: string | null; tier: number | null }): Tinted | null {
	const ground =
		of.color ?? (of.tier === null ? null : mix(offers.cheerColor(of.tier), CHEER_SHARE, DARK));
	return ground === null ? null : { ground, words: textOn(ground) };
}
