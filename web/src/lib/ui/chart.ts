const TICKS_WANTED = 4;
const STEPS = [1, 2, 2.5, 5, 10];

/** Axis values from 0 to at least `max`, in steps a person counts in. */
export function axisTicks(max: number): number[] {
	if (!(max > 0)) return [0, 1];
	const rough = max / TICKS_WANTED;
	const magnitude = 10 ** Math.floor(Math.log10(rough));
	const step = STEPS.map((factor) => factor * magnitude).find((size) => size >= rough * 0.999)!;
	// Counts have no halves: below one, count in ones.
	const size = Math.max(1, Math.ceil(step));
	const count = Math.ceil(max / size);
	return Array.from({ length: count + 1 }, (_, index) => index * size);
}

/** Every how many labels to show, so that none touches its neighbour. */
export function labelEvery(count: number, width: number, labelWidth: number): number {
	return Math.max(1, Math.ceil((count * labelWidth) / Math.max(1, width)));
}
