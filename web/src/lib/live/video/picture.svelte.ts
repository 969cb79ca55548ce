import { backoffMs } from '../backoff';
import type { Playback } from '../protocol';
import { openHls } from './hls';
import type { Open, Source } from './source';
import { canWhep, openWhep } from './whep';

/**
 * off: nothing to show. offered: the viewer saves data or motion and has to ask for it. starting: on its way.
 * playing, paused: as they say. away: lost, and tried again later.
 */
export type PictureState = 'off' | 'offered' | 'starting' | 'playing' | 'paused' | 'away';

export interface PictureOptions {
	whep?: Open;
	hls?: Open;
	canWhep?: () => boolean;
	/** Whether it starts by itself. */
	eager?: () => boolean;
	random?: () => number;
}

const LOOK_MS = 3000;
/** A picture that stands still for so many looks is lost. */
const STILL_LOOKS_MAX = 4;

/** The picture of a live room: opens the best source there is, and comes back when it is lost. */
export class Picture {
	state = $state<PictureState>('off');
	/** Browsers let a picture start by itself only without sound. */
	muted = $state(true);
	volume = $state(1);

	readonly #options: PictureOptions;
	#video: HTMLVideoElement | null = null;
	#playback: Playback | null = null;
	#source: Source | null = null;
	#leaving: AbortController | null = null;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#look: ReturnType<typeof setInterval> | undefined;
	#attempt = 0;
	#whepFailed = false;
	/** How far it was at the last look, as its source counts. */
	#seen = -1;
	#still = 0;

	constructor(options: PictureOptions = {}) {
		this.#options = options;
	}

	/** The element that shows it; the function takes it away again. */
	attach = (video: HTMLVideoElement): (() => void) => {
		this.#video = video;
		const playing = () => this.#playing();
		video.addEventListener('playing', playing);
		if (this.#playback) this.#begin();
		return () => {
			video.removeEventListener('playing', playing);
			this.stop();
			this.#video = null;
		};
	};

	/** Show this picture, or none. The one that is on already goes on. */
	show(playback: Playback | null): void {
		if (same(playback, this.#playback)) return;
		this.#drop();
		this.#playback = playback;
		this.#attempt = 0;
		this.#whepFailed = false;
		if (!playback) this.state = 'off';
		else if (this.#video) this.#begin();
	}

	stop(): void {
		this.#drop();
		this.#playback = null;
		this.state = 'off';
	}

	play(): void {
		if (this.state === 'paused' && this.#source) {
			this.#source.resume();
			this.#run();
			this.state = 'playing';
		} else if (this.#playback && this.state !== 'playing') this.#start();
	}

	pause(): void {
		this.#video?.pause();
		this.#source?.pause();
		clearInterval(this.#look);
		if (this.state === 'playing') this.state = 'paused';
	}

	toggleSound(): void {
		this.muted = !this.muted;
		if (!this.muted && this.volume === 0) this.volume = 1;
		this.#sound();
	}

	setVolume(volume: number): void {
		this.volume = Math.min(1, Math.max(0, volume));
		this.muted = this.volume === 0;
		this.#sound();
	}

	#sound(): void {
		if (!this.#video) return;
		this.#video.muted = this.muted;
		this.#video.volume = this.volume;
	}

	#begin(): void {
		if ((this.#options.eager ?? startsByItself)()) this.#start();
		else this.state = 'offered';
	}

	#start(): void {
		this.#drop();
		this.state = 'starting';
		const leaving = new AbortController();
		this.#leaving = leaving;
		void this.#open(leaving.signal).catch(() => {
			if (!leaving.signal.aborted) this.#lost();
		});
	}

	async #open(signal: AbortSignal): Promise<void> {
		const video = this.#video;
		const { whep_url, hls_url } = this.#playback ?? {};
		if (!video) return;
		const { whep = openWhep, hls = openHls } = this.#options;
		const opening = { video, signal, onlost: () => this.#lost() };
		let source: Source | null = null;
		if (whep_url && !this.#whepFailed && (this.#options.canWhep ?? canWhep)()) {
			try {
				source = await whep({ ...opening, url: whep_url });
			} catch (thrown) {
				if (signal.aborted || !hls_url) throw thrown;
				this.#whepFailed = true;
			}
		}
		if (!source) {
			if (!hls_url) throw new Error('no picture that this browser can play');
			source = await hls({ ...opening, url: hls_url });
		}
		if (signal.aborted) {
			source.close();
			return;
		}
		this.#source = source;
		this.#sound();
		this.#run();
	}

	#run(): void {
		const video = this.#video;
		if (!video) return;
		this.#watch();
		// A browser that allows no start by itself leaves the choice to the viewer.
		void video.play().catch((thrown: unknown) => {
			if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') {
				this.#drop();
				this.state = 'offered';
			}
		});
	}

	#playing(): void {
		if (!this.#source || this.state === 'paused') return;
		this.#attempt = 0;
		this.state = 'playing';
	}

	/** A source may stand still without saying so. */
	#watch(): void {
		clearInterval(this.#look);
		this.#still = 0;
		this.#seen = -1;
		this.#look = setInterval(() => {
			if (document.visibilityState !== 'hidden') void this.#lookAtIt();
		}, LOOK_MS);
	}

	async #lookAtIt(): Promise<void> {
		const source = this.#source;
		const at = (await source?.arrived?.().catch(() => 0)) ?? this.#video?.currentTime ?? 0;
		if (source !== this.#source || this.state === 'paused') return;
		this.#still = at === this.#seen ? this.#still + 1 : 0;
		this.#seen = at;
		if (this.#still >= STILL_LOOKS_MAX) this.#lost();
	}

	#lost(): void {
		this.#drop();
		if (!this.#playback) return;
		this.state = 'away';
		// The next try begins with the best way again, now and then.
		if (this.#attempt % 4 === 3) this.#whepFailed = false;
		const wait_ms = backoffMs(this.#attempt++, this.#options.random);
		this.#retry = setTimeout(() => this.#start(), wait_ms);
	}

	#drop(): void {
		clearTimeout(this.#retry);
		clearInterval(this.#look);
		this.#leaving?.abort();
		this.#leaving = null;
		this.#source?.close();
		this.#source = null;
	}
}

function same(a: Playback | null, b: Playback | null): boolean {
	return a?.hls_url === b?.hls_url && a?.whep_url === b?.whep_url;
}

interface Saving {
	connection?: { saveData?: boolean };
}

/** Not for viewers who save data, or asked for less motion. */
function startsByItself(): boolean {
	if ((navigator as Navigator & Saving).connection?.saveData) return false;
	return !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
