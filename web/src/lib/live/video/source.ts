/** One way by which a picture comes to a video element. */
export interface Source {
	/** Take no more from the net; the last picture stays. */
	pause(): void;
	/** Go on with what is live now. */
	resume(): void;
	/** Grows while something arrives; for sources under which the video's own clock runs on without a picture. */
	arrived?(): Promise<number>;
	close(): void;
}

export interface Opening {
	video: HTMLVideoElement;
	url: string;
	/** The picture is gone and does not come back by itself. Called once at most. */
	onlost: () => void;
	/** Stop trying: the viewer left, or another picture was chosen. */
	signal: AbortSignal;
}

/** Opens a source; rejects when there is no picture to be had this way. */
export type Open = (opening: Opening) => Promise<Source>;

/** Why there is no picture. */
export class PictureError extends Error {}
