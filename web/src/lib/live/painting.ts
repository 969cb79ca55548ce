/** Calls it once, before the browser paints next; soon also in a page that nobody looks at. */
export type Paint = (draw: () => void) => void;

/** A hidden page is not painted, but goes on all the same. */
const HIDDEN_MS = 250;

export const nextFrame: Paint = (draw) => {
	let done = false;
	const once = () => {
		if (done) return;
		done = true;
		cancelAnimationFrame(frame);
		clearTimeout(timer);
		draw();
	};
	const frame = requestAnimationFrame(once);
	const timer = setTimeout(once, HIDDEN_MS);
};
