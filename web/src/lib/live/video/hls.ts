import { PictureError, type Open, type Opening, type Source } from './source';

const PLAYLIST = 'application/vnd.apple.mpegurl';

/** Plays a picture over HLS: by the browser itself where it is at home there, else by hls.js, loaded only then. */
export const openHls: Open = async (opening) => {
	if (playsItself(opening.video)) return new NativeHls(opening);
	const { default: Hls } = await import('hls.js/light');
	if (opening.signal.aborted) throw new PictureError('left');
	if (!Hls.isSupported()) throw new PictureError('this browser plays no HLS');
	return new LibraryHls(opening, Hls);
};

/** Browsers of Apple, and those that have nothing else. Others that say they can are newer at it than hls.js. */
function playsItself(video: HTMLVideoElement): boolean {
	if (!video.canPlayType(PLAYLIST)) return false;
	return 'GestureEvent' in window || !('MediaSource' in window || 'ManagedMediaSource' in window);
}

class NativeHls implements Source {
	readonly #opening: Opening;

	constructor(opening: Opening) {
		this.#opening = opening;
		opening.video.addEventListener('error', this.#lost);
		opening.video.src = opening.url;
	}

	pause(): void {
		// A browser that is paused reads no more.
	}

	resume(): void {
		const { video } = this.#opening;
		const { seekable } = video;
		if (seekable.length) video.currentTime = seekable.end(seekable.length - 1);
	}

	close(): void {
		const { video } = this.#opening;
		video.removeEventListener('error', this.#lost);
		video.removeAttribute('src');
		video.load();
	}

	readonly #lost = (): void => {
		this.close();
		this.#opening.onlost();
	};
}

type Library = (typeof import('hls.js/light'))['default'];

class LibraryHls implements Source {
	readonly #hls: InstanceType<Library>;
	readonly #opening: Opening;
	#mended = false;

	constructor(opening: Opening, Hls: Library) {
		this.#opening = opening;
		this.#hls = new Hls({
			// A live room wants now rather than smooth; what was seen is let go.
			liveSyncDurationCount: 3,
			maxBufferLength: 15,
			backBufferLength: 10,
			// A room's picture is small on most screens.
			capLevelToPlayerSize: true
		});
		this.#hls.on(Hls.Events.ERROR, (_, error) => {
			if (!error.fatal) return;
			if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !this.#mended) {
				this.#mended = true;
				this.#hls.recoverMediaError();
				return;
			}
			this.close();
			this.#opening.onlost();
		});
		this.#hls.loadSource(opening.url);
		this.#hls.attachMedia(opening.video);
	}

	pause(): void {
		this.#hls.stopLoad();
	}

	resume(): void {
		this.#hls.startLoad(-1);
		const now = this.#hls.liveSyncPosition;
		if (now !== null) this.#opening.video.currentTime = now;
	}

	close(): void {
		this.#hls.destroy();
	}
}
