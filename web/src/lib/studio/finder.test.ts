import { afterEach, describe, expect, it, vi } from 'vitest';
import { Finder } from './finder.svelte';

const VERA = {
	id: '01941f29-7c00-7000-8000-000000000001',
	display_name: 'Vera',
	created_at: '2026-01-02T03:04:05Z',
	follows_you: true
};

function answer(items: unknown[], next: string | null = null): Response {
	return Response.json({ items, next_cursor: next });
}

afterEach(() => vi.unstubAllGlobals());

describe('finding people', () => {
	it('looks for what was typed, and says how many there are', async () => {
		const asked: string[] = [];
		vi.stubGlobal('fetch', async ({ url }: Request) => {
			const query = new URL(url).searchParams;
			asked.push(`${query.get('who')} ${query.get('cursor')}`);
			return query.get('cursor') ? answer([{ ...VERA, id: 'x' }]) : answer([VERA], VERA.id);
		});
		const finder = new Finder();
		finder.who = ' Vera ';
		await finder.find();
		expect(finder.asked).toBe('Vera');
		expect(finder.said).toBe('1 or more people found.');
		await finder.found?.more();
		expect(finder.said).toBe('2 people found.');
		expect(asked).toEqual(['Vera null', `Vera ${VERA.id}`]);
		finder.clear();
		expect(finder.found).toBeNull();
		expect(finder.said).toBe('');
	});

	it('asks nobody about nothing', async () => {
		const fetched = vi.fn();
		vi.stubGlobal('fetch', fetched);
		const finder = new Finder();
		finder.who = '   ';
		await finder.find();
		expect(fetched).not.toHaveBeenCalled();
		expect(finder.found).toBeNull();
	});

	it('shows what is wrong with a name beside it, and other problems in the list', async () => {
		const problems = [
			{ status: 422, code: 'found_by_name_only', detail: 'Never by address.' },
			{ status: 422, code: 'validation_failed', errors: [{ field: 'who', message: 'Too long' }] },
			{ status: 429, code: 'too_many_searches', detail: 'Wait.' }
		];
		const finder = new Finder();
		const wrong: (string | undefined)[] = [];
		for (const { status, ...problem } of problems) {
			vi.stubGlobal('fetch', async () => Response.json(problem, { status }));
			finder.who = 'Vera';
			await finder.find();
			wrong.push(finder.wrong);
		}
		expect(wrong).toEqual(['Never by address.', 'Too long', undefined]);
		expect(finder.found?.problem?.code).toBe('too_many_searches');
	});

	it('lets no late answer stand in the place of a newer one', async () => {
		const waiting: ((response: Response) => void)[] = [];
		vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => waiting.push(resolve)));
		const finder = new Finder();
		finder.who = 'Vera';
		const first = finder.find();
		finder.who = 'Otto';
		const second = finder.find();
		await vi.waitFor(() => expect(waiting).toHaveLength(2), 20_000);
		waiting[1]!(answer([]));
		await second;
		waiting[0]!(answer([VERA]));
		await first;
		expect(finder.asked).toBe('Otto');
		expect(finder.found?.items).toEqual([]);
		expect(finder.said).toBe('Nobody found.');
	});
});
