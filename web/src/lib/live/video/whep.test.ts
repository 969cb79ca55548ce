import { afterEach, describe, expect, it, vi } from 'vitest';
import { openWhepWith, resourceOf } from './whep';

const URL_ = 'https://media.example.org/room/whep';

/** As much of a peer connection as a call needs; its other end is the test. */
class Peer {
	iceGatheringState = 'new';
	connectionState = 'new';
	localDescription: { sdp: string } | null = null;
	remoteDescription: unknown = null;
	readonly kinds: string[] = [];
	closed = 0;
	ontrack: ((event: { track: MediaStreamTrack }) => void) | null = null;
	onicegatheringstatechange: (() => void) | null = null;
	onconnectionstatechange: (() => void) | null = null;

	addTransceiver(kind: string, { direction }: { direction: string }) {
		this.kinds.push(`${kind} ${direction}`);
	}
	async createOffer() {
		return { type: 'offer', sdp: 'offer' };
	}
	async setLocalDescription(description: { sdp: string }) {
		this.localDescription = description;
	}
	async setRemoteDescription(description: unknown) {
		this.remoteDescription = description;
		this.become('connected');
	}
	become(state: string) {
		this.connectionState = state;
		this.onconnectionstatechange?.();
	}
	async getStats() {
		return new Map([
			['video', { type: 'inbound-rtp', packetsReceived: 40 }],
			['audio', { type: 'inbound-rtp', packetsReceived: 2 }],
			['pair', { type: 'candidate-pair', packetsReceived: 1000 }]
		]);
	}
	close() {
		this.closed += 1;
	}
}

class Stream {
	readonly tracks: { enabled: boolean }[] = [];
	addTrack(track: { enabled: boolean }) {
		this.tracks.push(track);
	}
	getTracks() {
		return this.tracks;
	}
}
vi.stubGlobal('MediaStream', Stream);

function answer(status = 201, location: string | null = '/room/whep/7'): Response {
	const headers = location ? { Location: location } : undefined;
	return new Response(status === 201 ? 'answer' : 'no', { status, headers });
}

function call(answers: () => Promise<Response> = async () => answer()) {
	const peer = new Peer();
	const asked: { url: string; init: RequestInit }[] = [];
	const fetch = vi.fn(async (url: unknown, init: RequestInit = {}) => {
		asked.push({ url: String(url), init });
		return init.method === 'DELETE' ? new Response(null, { status: 200 }) : answers();
	});
	const video = { srcObject: null as unknown };
	const leaving = new AbortController();
	const onlost = vi.fn();
	const open = openWhepWith({
		fetch: fetch as unknown as typeof globalThis.fetch,
		peer: () => peer as unknown as RTCPeerConnection,
		gather_ms: 1,
		connect_ms: 30,
		mend_ms: 5
	});
	const opening = { video: video as HTMLVideoElement, url: URL_, onlost, signal: leaving.signal };
	return { peer, asked, video, leaving, onlost, source: open(opening) };
}

const deleted = (asked: { url: string; init: RequestInit }[]) =>
	asked.filter(({ init }) => init.method === 'DELETE').map(({ url }) => url);

describe('WHEP', () => {
	afterEach(() => vi.useRealTimers());

	it('offers to receive, shows the stream, and says goodbye once', async () => {
		const { peer, asked, video, source } = call();
		const picture = await source;
		expect(peer.kinds).toEqual(['video recvonly', 'audio recvonly']);
		expect(asked[0]).toMatchObject({
			url: URL_,
			init: { method: 'POST', body: 'offer', credentials: 'omit' }
		});
		expect(peer.remoteDescription).toEqual({ type: 'answer', sdp: 'answer' });
		expect(video.srcObject).toBeInstanceOf(Stream);
		picture.close();
		picture.close();
		expect(deleted(asked)).toEqual(['https://media.example.org/room/whep/7']);
		expect(asked.at(-1)?.init).toMatchObject({ keepalive: true, credentials: 'omit' });
		expect(peer.closed).toBe(1);
		expect(video.srcObject).toBeNull();
	});

	it.each([200, 404, 503])('fails with an answer of %i', async (status) => {
		const { peer, asked, source } = call(async () => answer(status));
		await expect(source).rejects.toThrow(`refused with ${status}`);
		expect(peer.closed).toBe(1);
		expect(deleted(asked)).toEqual([]);
	});

	it('says goodbye where the call is kept when it was sent elsewhere', async () => {
		const elsewhere = answer();
		Object.defineProperty(elsewhere, 'url', { value: 'https://two.example.org/room/whep' });
		const { asked, source } = call(async () => elsewhere);
		(await source).close();
		expect(deleted(asked)).toEqual(['https://two.example.org/room/whep/7']);
	});

	it('counts what arrives', async () => {
		const { source } = call();
		expect(await (await source).arrived?.()).toBe(42);
	});

	it('fails when no connection comes about, and takes its leave', async () => {
		const { peer, asked, source } = call();
		peer.setRemoteDescription = async () => undefined;
		await expect(source).rejects.toThrow('no connection');
		expect(deleted(asked)).toHaveLength(1);
	});

	it('takes its leave when the viewer left before the answer', async () => {
		let arrive: (response: Response) => void = () => undefined;
		const { peer, asked, leaving, source } = call(
			() => new Promise((resolve) => (arrive = resolve))
		);
		await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
		leaving.abort();
		arrive(answer());
		await expect(source).rejects.toThrow('left');
		expect(deleted(asked)).toHaveLength(1);
		expect(peer.remoteDescription).toBeNull();
	});

	it('is lost when the connection fails, and may mend itself', async () => {
		const { peer, onlost, source } = call();
		await source;
		peer.become('disconnected');
		peer.become('connected');
		await new Promise((resolve) => setTimeout(resolve, 10));
		expect(onlost).not.toHaveBeenCalled();
		peer.become('disconnected');
		await vi.waitFor(() => expect(onlost).toHaveBeenCalledOnce(), 20_000);
		peer.become('failed');
		expect(onlost).toHaveBeenCalledOnce();
		expect(peer.closed).toBe(1);
	});

	it('says goodbye only to the server that answered', () => {
		expect(resourceOf('/x', URL_)).toBe('https://media.example.org/x');
		expect(resourceOf('https://media.example.org/y', URL_)).toBe('https://media.example.org/y');
		for (const other of ['https://evil.example/x', '//evil.example/x', 'http://[', '', null]) {
			expect(resourceOf(other, URL_)).toBeNull();
		}
	});
});
