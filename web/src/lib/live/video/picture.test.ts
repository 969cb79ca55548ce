import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Picture, type PictureOptions } from './picture.svelte';
import type { Opening } from './source';

const HLS = 'https://media.example.org/a.m3u8';
const WHEP = 'https://media.example.org/whep';

class Video extends EventTarget {
	muted = false;
	volume = 1;
	currentTime = 0;
	refuses = false;
	play = vi.fn(async () => {
		if (this.refuses) throw new DOMException('no', 'NotAllowedError');
		this.dispatchEvent(new Event('playing'));
	});
	pause = vi.fn();
}

function setUp(options: PictureOptions = {}) {
	const video = new Video();
	const openings: (Opening & { kind: string; closed: number; resumed: number })[] = [];
	let broken: string[] = [];
	const open = (kind: string) => async (opening: Opening) => {
		const made = { ...opening, kind, closed: 0, resumed: 0 };
		openings.push(made);
		if (broken.includes(kind)) throw new Error('broken');
		return {
			pause: () => undefined,
			resume: () => void made.resumed++,
			close: () => void made.closed++
		};
	};
	const picture = new Picture({
		hls: open('hls'),
		whep: open('whep'),
		canWhep: () => true,
		eager: () => true,
		random: () => 0,
		...options
	});
	const detach = picture.attach(video as unknown as HTMLVideoElement);
	return {
		video,
		picture,
		detach,
		openings,
		kinds: () => openings.map(({ kind }) => kind),
		breakDown: (...kinds: string[]) => void (broken = kinds)
	};
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the picture', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('is taken over WebRTC first, without sound', async () => {
		const { picture, video, kinds } = setUp();
		picture.show({ hls_url: HLS, whep_url: WHEP });
		await settle();
		expect([picture.state, kinds(), video.muted]).toEqual(['playing', ['whep'], true]);
		picture.toggleSound();
		expect([video.muted, video.volume]).toEqual([false, 1]);
		picture.setVolume(0);
		expect(video.muted).toBe(true);
	});

	it('falls back to HLS, and where it cannot does not try', async () => {
		const first = setUp();
		first.breakDown('whep');
		first.picture.show({ hls_url: HLS, whep_url: WHEP });
		await settle();
		expect([first.picture.state, first.kinds()]).toEqual(['playing', ['whep', 'hls']]);
		const second = setUp({ canWhep: () => false });
		second.picture.show({ hls_url: HLS, whep_url: WHEP });
		await settle();
		expect(second.kinds()).toEqual(['hls']);
	});

	it('comes back after it was lost, later and later', async () => {
		const { picture, openings, breakDown } = setUp({ random: () => 1 });
		picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		breakDown('hls');
		openings[0]?.onlost();
		expect([picture.state, openings[0]?.closed]).toEqual(['away', 1]);
		await vi.advanceTimersByTimeAsync(1000);
		expect(openings).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(1999);
		expect(openings).toHaveLength(2);
		breakDown();
		await vi.advanceTimersByTimeAsync(1);
		expect([openings.length, picture.state]).toEqual([3, 'playing']);
	});

	it('counts as lost when it stands still', async () => {
		const { picture, video } = setUp();
		picture.show({ hls_url: HLS, whep_url: null });
		for (let look = 0; look < 5; look++) {
			video.currentTime = look;
			await vi.advanceTimersByTimeAsync(3000);
		}
		expect(picture.state).toBe('playing');
		await vi.advanceTimersByTimeAsync(12_000);
		expect(picture.state).toBe('away');
	});

	it('counts as lost when nothing arrives, whatever the clock of the video says', async () => {
		let packets = 0;
		const close = vi.fn();
		const whep = async () => ({
			pause: () => undefined,
			resume: () => undefined,
			arrived: async () => packets,
			close
		});
		const { picture, video } = setUp({ whep });
		picture.show({ hls_url: null, whep_url: WHEP });
		for (let look = 0; look < 8; look++) {
			video.currentTime = 1;
			packets += 100;
			await vi.advanceTimersByTimeAsync(3000);
		}
		expect(picture.state).toBe('playing');
		for (let look = 0; look < 4; look++) {
			video.currentTime += 3;
			await vi.advanceTimersByTimeAsync(3000);
		}
		expect([picture.state, close.mock.calls.length]).toEqual(['away', 1]);
	});

	it('waits to be asked when data or motion is saved, or the browser wants it', async () => {
		const saving = setUp({ eager: () => false });
		saving.picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		expect([saving.picture.state, saving.kinds()]).toEqual(['offered', []]);
		saving.picture.play();
		await settle();
		expect(saving.picture.state).toBe('playing');
		const strict = setUp();
		strict.video.refuses = true;
		strict.picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		expect([strict.picture.state, strict.openings[0]?.closed]).toEqual(['offered', 1]);
	});

	it('pauses, and goes on with what is live', async () => {
		const { picture, video, openings } = setUp();
		picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		picture.pause();
		expect(picture.state).toBe('paused');
		expect(video.pause).toHaveBeenCalledOnce();
		await vi.advanceTimersByTimeAsync(60_000);
		picture.play();
		expect([picture.state, openings[0]?.resumed, openings.length]).toEqual(['playing', 1, 1]);
	});

	it('changes with the stream, and leaves nothing open', async () => {
		const { picture, openings, detach } = setUp();
		picture.show({ hls_url: HLS, whep_url: null });
		picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		expect(openings).toHaveLength(1);
		picture.show({ hls_url: `${HLS}?2`, whep_url: null });
		await settle();
		expect(openings.map(({ url, closed }) => [url, closed])).toEqual([
			[HLS, 1],
			[`${HLS}?2`, 0]
		]);
		picture.show(null);
		expect([picture.state, openings[1]?.closed]).toEqual(['off', 1]);
		picture.show({ hls_url: HLS, whep_url: null });
		await settle();
		detach();
		expect(openings[2]?.closed).toBe(1);
		await vi.advanceTimersByTimeAsync(120_000);
		expect(openings).toHaveLength(3);
	});
});
