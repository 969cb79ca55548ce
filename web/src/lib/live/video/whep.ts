import { PictureError, type Open, type Opening, type Source } from './source';

/** What of the browser it needs; tests give their own. */
export interface Whep {
	fetch: typeof fetch;
	peer: () => RTCPeerConnection;
	/** Candidates that are not found by then are left out. */
	gather_ms: number;
	/** From the offer to the first connection. */
	connect_ms: number;
	/** A connection that broke may mend itself for so long. */
	mend_ms: number;
}

const BROWSER: Whep = {
	fetch: (...request) => globalThis.fetch(...request),
	peer: () => new RTCPeerConnection({ bundlePolicy: 'max-bundle' }),
	gather_ms: 1000,
	connect_ms: 8000,
	mend_ms: 5000
};

export function canWhep(): boolean {
	return typeof RTCPeerConnection === 'function';
}

/** Plays a picture over WebRTC: an offer goes out by POST, the answer comes back, DELETE says goodbye. */
export const openWhep: Open = (opening) => new Call(opening, BROWSER).open();

/** The same with another network, for tests. */
export function openWhepWith(whep: Partial<Whep>): Open {
	return (opening) => new Call(opening, { ...BROWSER, ...whep }).open();
}

class Call implements Source {
	readonly #opening: Opening;
	readonly #whep: Whep;
	readonly #peer: RTCPeerConnection;
	readonly #stream = new MediaStream();
	/** Where the server keeps this call. */
	#resource: string | null = null;
	#mend: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	constructor(opening: Opening, whep: Whep) {
		this.#opening = opening;
		this.#whep = whep;
		this.#peer = whep.peer();
	}

	async open(): Promise<Source> {
		const { signal, video } = this.#opening;
		const leave = () => this.close();
		signal.addEventListener('abort', leave, { once: true });
		try {
			this.#peer.ontrack = ({ track }) => this.#stream.addTrack(track);
			this.#peer.addTransceiver('video', { direction: 'recvonly' });
			this.#peer.addTransceiver('audio', { direction: 'recvonly' });
			await this.#peer.setLocalDescription(await this.#peer.createOffer());
			await this.#gathered();
			const sdp = await this.#answered();
			this.#assertOpen();
			await this.#peer.setRemoteDescription({ type: 'answer', sdp });
			await this.#connected();
			this.#assertOpen();
			video.srcObject = this.#stream;
			this.#peer.onconnectionstatechange = () => this.#changed();
			return this;
		} catch (thrown) {
			this.close();
			throw thrown;
		}
	}

	pause(): void {
		for (const track of this.#stream.getTracks()) track.enabled = false;
	}

	resume(): void {
		for (const track of this.#stream.getTracks()) track.enabled = true;
	}

	/** Packets: a call may stay connected when whoever broadcasts has left. */
	async arrived(): Promise<number> {
		let packets = 0;
		const report = await this.#peer.getStats();
		report.forEach((entry: RTCStats) => {
			if (entry.type !== 'inbound-rtp') return;
			packets += (entry as RTCInboundRtpStreamStats).packetsReceived ?? 0;
		});
		return packets;
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		clearTimeout(this.#mend);
		this.#peer.onconnectionstatechange = null;
		this.#peer.ontrack = null;
		this.#peer.close();
		const { video } = this.#opening;
		if (video.srcObject === this.#stream) video.srcObject = null;
		this.#hangUp();
	}

	/** Also while the page is being left. Nobody waits for the answer. */
	#hangUp(): void {
		if (this.#resource === null) return;
		const request = { method: 'DELETE', keepalive: true, credentials: 'omit' } as const;
		void this.#whep.fetch(this.#resource, request).catch(() => undefined);
		this.#resource = null;
	}

	async #answered(): Promise<string> {
		const { url, signal } = this.#opening;
		const body = this.#peer.localDescription?.sdp;
		if (!body) throw new PictureError('no offer');
		const answer = await this.#whep.fetch(url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/sdp' },
			body,
			// Whoever broadcasts chose this address: it never gets a cookie of ours.
			credentials: 'omit',
			signal
		});
		if (answer.status !== 201) throw new PictureError(`refused with ${answer.status}`);
		// Servers may send elsewhere first: the call is kept where the answer came from.
		this.#resource = resourceOf(answer.headers.get('Location'), answer.url || url);
		if (this.#closed) this.#hangUp();
		return answer.text();
	}

	/** All candidates are found, or enough time went by: those found are in the offer. */
	#gathered(): Promise<void> {
		const peer = this.#peer;
		if (peer.iceGatheringState === 'complete') return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, this.#whep.gather_ms);
			peer.onicegatheringstatechange = () => {
				if (peer.iceGatheringState !== 'complete') return;
				clearTimeout(timer);
				resolve();
			};
		});
	}

	#connected(): Promise<void> {
		const peer = this.#peer;
		return new Promise((resolve, reject) => {
			const fail = () => reject(new PictureError('no connection'));
			const timer = setTimeout(fail, this.#whep.connect_ms);
			const look = () => {
				if (peer.connectionState === 'connected') resolve();
				else if (peer.connectionState === 'failed' || peer.connectionState === 'closed') fail();
				else return;
				clearTimeout(timer);
			};
			peer.onconnectionstatechange = look;
			this.#opening.signal.addEventListener('abort', fail, { once: true });
			look();
		});
	}

	#changed(): void {
		clearTimeout(this.#mend);
		const state = this.#peer.connectionState;
		if (state === 'failed' || state === 'closed') this.#lost();
		else if (state === 'disconnected')
			this.#mend = setTimeout(() => this.#lost(), this.#whep.mend_ms);
	}

	#lost(): void {
		if (this.#closed) return;
		this.close();
		this.#opening.onlost();
	}

	#assertOpen(): void {
		if (this.#closed) throw new PictureError('left');
	}
}

/** The address to say goodbye to: on the server that answered, or none. */
export function resourceOf(location: string | null, url: string): string | null {
	if (!location) return null;
	try {
		const asked = new URL(url, globalThis.location?.href);
		const resource = new URL(location, asked);
		return resource.origin === asked.origin ? resource.href : null;
	} catch {
		return null;
	}
}
