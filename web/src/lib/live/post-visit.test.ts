import { Problem } from '$lib/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { giveOnce, PostVisit } from './post-visit.svelte';
import { Visit } from './visit.svelte';

const lost = () => new Problem(0, { code: 'network' });
const wait = () => Promise.resolve();

describe('giveOnce', () => {
	it('asks again when there was no answer', async () => {
		const send = vi.fn<() => Promise<string>>();
		send.mockRejectedValueOnce(lost()).mockResolvedValueOnce('receipt');
		await expect(giveOnce(send, wait)).resolves.toBe('receipt');
		expect(send).toHaveBeenCalledTimes(2);
	});

	it('takes a refusal as the answer', async () => {
		const send = vi.fn<() => Promise<string>>();
		send.mockRejectedValue(
			new Problem(409, { code: 'insufficient_coins', needed: 9, available: 1 })
		);
		await expect(giveOnce(send, wait)).rejects.toMatchObject({
			code: 'insufficient_coins',
			figures: { needed: 9, available: 1 }
		});
		expect(send).toHaveBeenCalledTimes(1);
	});

	it('does not claim to know when no answer ever came', async () => {
		const send = vi.fn<() => Promise<string>>();
		send.mockRejectedValue(lost());
		await expect(giveOnce(send, wait)).rejects.toMatchObject({ code: 'unanswered' });
		expect(send).toHaveBeenCalledTimes(4);
	});
});

describe('visits', () => {
	afterEach(() => vi.unstubAllGlobals());

	/** Holds answers back until they are asked for by the end of their address, the oldest first. */
	function holdBack() {
		const held: { path: string; answer: (body: object) => void }[] = [];
		vi.stubGlobal('fetch', ({ url }: Request) => {
			const { pathname: path } = new URL(url);
			if (!/posts|streams/.test(path)) return Promise.reject(new TypeError('offline'));
			return new Promise<Response>((resolve) =>
				held.push({ path, answer: (body) => resolve(Response.json(body)) })
			);
		});
		return (end: string) =>
			vi.waitUntil(() => {
				const place = held.findIndex(({ path }) => path.endsWith(end));
				return place >= 0 && held.splice(place, 1)[0]!.answer;
			}, 20_000);
	}

	it('show the supporters that were asked for last, whichever answer comes last', async () => {
		const answer = holdBack();
		const visit = new PostVisit('p');
		const [earlier, later] = [visit.load(), visit.load()];
		const [first, second] = [await answer('/p'), await answer('/p')];
		const [before, after] = [await answer('/supporters'), await answer('/supporters')];
		second({ id: 'p', caption: 'now' });
		after({ items: [{ coins: 2 }] });
		await later;
		first({ id: 'p', caption: 'then' });
		before({ items: [] });
		await earlier;
		expect(visit.post?.caption).toBe('now');
		expect(visit.supporters.map(({ coins }) => coins)).toEqual([2]);
	});

	it('open no socket when they have ended before the room was found', async () => {
		const opened = vi.fn();
		vi.stubGlobal('WebSocket', opened);
		const answer = holdBack();
		const visit = new Visit('s');
		const started = visit.start();
		const found = await answer('/streams/s');
		visit.stop();
		found({ id: 's', creator: { id: 'c', display_name: 'Cy' } });
		await started;
		expect(opened).not.toHaveBeenCalled();
	});
});
