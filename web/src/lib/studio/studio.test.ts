import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatRules, Stream } from '$lib/api';
import { ChatKeeping, newWords, pauseOptions, pauseWords } from './chat-rules.svelte';
import { count, GoalBoard, GoalForm } from './goal-board.svelte';

const RULES: ChatRules = {
	slow_mode_s: 7,
	followers_only: false,
	links: false,
	hold_paid_messages: false,
	words: ['spoiler'],
	limits: {
		slow_mode_max_s: 120,
		words_max: 200,
		word_characters_max: 50,
		mute_max_s: 1000,
		moderators_max: 10
	}
};

afterEach(() => vi.unstubAllGlobals());

describe('rules of a chat', () => {
	it('offers pauses within the limit, and the one that holds', () => {
		const values = pauseOptions(RULES).map(({ value }) => value);
		expect(values).toEqual([0, 3, 5, 7, 10, 30, 60, 120]);
		expect(pauseOptions(RULES)[0]?.label).toBe('Off');
	});

	it('says pauses as people do', () => {
		expect([1, 5, 60, 90, 600].map(pauseWords)).toEqual([
			'1 second',
			'5 seconds',
			'1 minute',
			'90 seconds',
			'10 minutes'
		]);
	});

	it('takes several words at once, each once', () => {
		expect(newWords(' spoiler, buy now\nbuy now,, x* ', RULES.words)).toEqual(['buy now', 'x*']);
	});

	it('sends what is changed quickly one after the other', async () => {
		const keeping = new ChatKeeping();
		keeping.rules = RULES;
		let held = RULES;
		vi.stubGlobal('fetch', async (request: Request) => {
			held = { ...held, ...((await request.json()) as Partial<ChatRules>) };
			return Response.json(held);
		});
		const first = keeping.change(() => ({ links: true }));
		const second = keeping.change(({ links }) => ({ words: [links ? 'after' : 'before'] }));
		expect(await Promise.all([first, second])).toEqual([true, true]);
		expect(keeping.rules).toEqual({ ...RULES, links: true, words: ['after'] });
	});

	it('moves back what was refused', async () => {
		const keeping = new ChatKeeping();
		keeping.rules = RULES;
		const body = JSON.stringify({ code: 'validation_failed', title: 'No' });
		vi.stubGlobal('fetch', async () => new Response(body, { status: 422 }));
		expect(await keeping.change(() => ({ followers_only: true }))).toBe(false);
		expect(keeping.refusal?.code).toBe('validation_failed');
		expect(keeping.rules).toEqual(RULES);
		// Another object: what shows the rules is drawn anew.
		expect(keeping.rules).not.toBe(RULES);
	});
});

it('shows the goals that were asked for last, whichever answer comes last', async () => {
	const answers: ((titles: string[]) => void)[] = [];
	vi.stubGlobal('fetch', (request: Request) => {
		if (request.method === 'POST') return Promise.resolve(Response.json({}));
		return new Promise<Response>((resolve) =>
			answers.push((titles) =>
				resolve(Response.json({ items: titles.map((title) => ({ title })) }))
			)
		);
	});
	const board = new GoalBoard();
	board.live = { id: 's' } as Stream;
	const looking = board.refresh();
	const setting = board.set('Encore', []);
	await vi.waitUntil(() => answers.length === 2, 20_000);
	answers[1]?.(['Encore']);
	expect(await setting).toBe(true);
	answers[0]?.([]);
	await looking;
	expect(board.goals.map(({ title }) => title)).toEqual(['Encore']);
});

describe('a goal that is being written', () => {
	it('reads counts as people write them', () => {
		expect(['30', '1,000', '1 000', '0', '', '-5', '1e3'].map(count)).toEqual([
			30,
			1000,
			1000,
			null,
			null,
			null,
			null
		]);
	});

	it('counts each gift, and coins, at most once', () => {
		const form = new GoalForm();
		form.add(['rose', 'kite']);
		form.add(['rose', 'kite']);
		form.add(['rose', 'kite']);
		expect(form.parts.map(({ gift }) => gift)).toEqual(['', 'rose', 'kite']);
		expect(form.isFree('rose', form.parts[1])).toBe(true);
		expect(form.isFree('rose', form.parts[2])).toBe(false);
		form.drop(form.parts[1]!.id);
		expect(form.isFree('rose')).toBe(true);
	});

	it('says what is missing once it was sent', () => {
		const form = new GoalForm();
		expect(form.titleError).toBeUndefined();
		expect(form.wanted()).toBeNull();
		expect(form.titleError).toBe('Say what it is for.');
		expect(form.targetError(form.parts[0]!)).toBe('A whole number from 1.');
		form.title = ' One more song ';
		form.parts[0]!.target = '1,000';
		expect(form.wanted()).toEqual({
			title: 'One more song',
			parts: [{ gift: null, target: 1000 }]
		});
	});
});
