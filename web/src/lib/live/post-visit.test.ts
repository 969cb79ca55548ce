import { Problem } from '$lib/api';
import { describe, expect, it, vi } from 'vitest';
import { giveOnce } from './post-visit.svelte';

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
