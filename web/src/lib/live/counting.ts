/**
 * How long a text is to the people who read it, counted as the server counts: the two must agree, so that
 * nobody writes a message that is refused.
 */
const CLUSTER_CODE_POINTS_MAX = 12;
const EMOJI = /[\p{Emoji_Presentation}\uFE0F\u20E3]/u;
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Characters as people see them: a family in one picture is one. */
export function countCharacters(text: string): number {
	let count = 0;
	for (const { segment } of clusters.segment(text))
		count += Math.ceil([...segment].length / CLUSTER_CODE_POINTS_MAX);
	return count;
}

/** Pictures among them: also flags, keycaps, and several that are joined into one. */
export function countEmoji(text: string): number {
	let count = 0;
	for (const { segment } of clusters.segment(text)) if (EMOJI.test(segment)) count += 1;
	return count;
}
