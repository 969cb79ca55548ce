import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boardOf, type Board } from './board';
import { actionsFor } from './line-actions';
import { offers, type Offers } from './offers.svelte';
import { NOBODY_ID, type ViewerRole } from './protocol';
import { Refusal } from './refusal';
import { ServerClock } from './server-clock';
import { Speech } from './speech.svelte';
import { Stewards } from './stewards.svelte';
import { chat, gift, paid, room, RULES } from './testing';

const OFFERS: Offers = {
	paid_tiers: [
		{ tier: 1, coins_min: 10, pin_s: 0, characters_max: 5, emoji_max: 0, color: '#49079B' },
		{ tier: 2, coins_min: 50, pin_s: 120, characters_max: 20, emoji_max: 2, color: '#00508E' }
	],
	paid_coins_max: 1000,
	cheer_tiers: [{ tier: 1, coins_min: 1, name: 'Spark', color: '#6B7280' }],
	cheer_marks: [{ name: 'cheer', alt: 'A megaphone' }],
	cheer_coins_max: 1000,
	cheer_characters_max: 200,
	share_bp: 5000,
	coins_rule: { code: 'coins_stay_given', text: 'The coins stay given.' }
};

beforeEach(() => {
	vi.useFakeTimers();
	offers.list = OFFERS;
});
afterEach(() => void vi.useRealTimers());

function make(more: { coins?: number; you?: Partial<ViewerRole>; slow_s?: number } = {}) {
	const said: unknown[] = [];
	let refusal: Refusal | null = null;
	const answer = (what: unknown) => {
		if (refusal) return Promise.reject(refusal);
		said.push(what);
		return Promise.resolve();
	};
	const you: ViewerRole = { role: 'viewer', muted_until: null, banned: false, ...more.you };
	const rules = { ...RULES, slow_mode_s: more.slow_s ?? 0 };
	const board: Board = boardOf(room({ chat_rules: rules }), you);
	let topUps = 0;
	let steady_ms = 0;
	const speech = new Speech({
		chat: (text) => answer({ text }),
		pay: (_id, text, coins) => answer({ paid: text, coins }),
		cheer: (_id, text, coins) => answer({ cheer: text, coins }),
		board: () => board,
		coins: () => more.coins ?? 100,
		clock: new ServerClock(
			() => steady_ms,
			() => Date.parse('2026-01-02T03:04:00Z')
		),
		ontopup: () => (topUps += 1)
	});
	return {
		speech,
		said,
		refuse: (code: string, figures = {}) => (refusal = new Refusal(code, '', figures)),
		topUps: () => topUps,
		later: (ms: number) => (steady_ms += ms)
	};
}

describe('speech', () => {
	it('sends plain words as chat and marks as a cheer for what they cost', async () => {
		const { speech, said } = make();
		speech.text = ' hello ';
		expect(await speech.send()).toBe(true);
		speech.text = 'cheer10 cheer5';
		expect(speech.cost).toBe(15);
		await speech.send();
		expect(said).toEqual([{ text: 'hello' }, { cheer: 'cheer10 cheer5', coins: 15 }]);
		expect(speech.text).toBe('');
	});

	it('keeps what is typed while the words before are on their way', async () => {
		const { speech, said } = make();
		speech.text = 'hello';
		const sent = speech.send();
		speech.text = 'hello again';
		expect(await sent).toBe(true);
		expect(speech.text).toBe('again');
		const next = speech.send();
		speech.text = 'or not';
		await next;
		expect(speech.text).toBe('or not');
		expect(said).toEqual([{ text: 'hello' }, { text: 'again' }]);
	});

	it('leads to more coins before it sends a cheer that is too dear', async () => {
		const { speech, said, topUps } = make({ coins: 5 });
		speech.text = 'cheer10';
		expect(await speech.send()).toBe(false);
		expect([said, topUps(), speech.text]).toEqual([[], 1, 'cheer10']);
	});

	it('keeps what was refused and says why', async () => {
		const { speech, refuse } = make();
		refuse('word_blocked');
		speech.text = 'rude';
		expect(await speech.send()).toBe(false);
		expect(speech.text).toBe('rude');
		expect(speech.problem).toMatchObject({ title: 'Not in these words', charged: false });
	});

	it('counts the wait of slow mode down, by the server’s figures too', async () => {
		const { speech, later, refuse } = make({ slow_s: 30 });
		speech.text = 'one';
		await speech.send();
		expect(speech.wait_s).toBe(30);
		later(29_500);
		expect(speech.wait_s).toBe(1);
		later(1000);
		expect(speech.wait_s).toBe(0);
		refuse('slow_mode', { retry_after_s: 7 });
		speech.text = 'two';
		await speech.send();
		expect(speech.wait_s).toBe(7);
	});

	it('lets those who keep the rules go on at once', async () => {
		const { speech } = make({ slow_s: 30, you: { role: 'moderator' } });
		speech.text = 'one';
		await speech.send();
		expect(speech.wait_s).toBe(0);
	});

	it('is silent while muted, and when banned', () => {
		const muted = make({ you: { muted_until: '2026-01-02T03:14:00Z' } });
		expect(muted.speech.silenced).toBe('You are muted for 10 min');
		muted.later(601_000);
		expect(muted.speech.silenced).toBe(null);
		expect(make({ you: { banned: true } }).speech.silenced).toContain('banned');
	});
});

describe('a paid message', () => {
	it('takes its limits from the tier that its coins reach', async () => {
		const { speech, said } = make();
		const { paid: desk } = speech;
		desk.text = 'hello you';
		desk.coins = 10;
		expect(desk.flaw).toContain('Too long by 4');
		desk.coins = 50;
		expect(desk.flaw).toBe(null);
		desk.text = '👍👍👍';
		expect(desk.flaw).toContain('At most 2 emoji');
		for (const coins of [5, 10.5, 5000]) {
			desk.coins = coins;
			expect(desk.flaw).not.toBe(null);
		}
		await desk.send();
		expect(said).toEqual([]);
		desk.coins = 50;
		desk.text = ' hello ';
		await desk.send();
		expect(said).toEqual([{ paid: 'hello', coins: 50 }]);
		expect([desk.open, desk.text]).toEqual([false, '']);
	});

	it('keeps its words when there are too few coins, or it was refused', async () => {
		const poor = make({ coins: 20 });
		poor.speech.paid.text = 'hello';
		poor.speech.paid.coins = 50;
		await poor.speech.paid.send();
		expect([poor.said, poor.topUps(), poor.speech.paid.text]).toEqual([[], 1, 'hello']);
		const refused = make();
		refused.refuse('links_off');
		refused.speech.paid.text = 'a.example';
		await refused.speech.paid.send();
		expect(refused.speech.paid.problem?.title).toBe('No links here');
		expect(refused.speech.paid.text).toBe('a.example');
	});
});

describe('what can be done with a line', () => {
	const around = {
		creator: { id: 'cleo', display_name: 'Cleo' },
		stewards: new Stewards('room-1'),
		ended: false
	};
	const ids = (
		line: Parameters<typeof actionsFor>[0],
		role: { moderates: boolean; own: boolean }
	) => actionsFor(line, { ...around, ...role }).map(({ id }) => id);
	const viewer = { moderates: false, own: false };
	const keeper = { moderates: true, own: false };
	const creator = { moderates: true, own: true };

	it('depends on who looks and on the line', () => {
		expect(ids(chat(1), viewer)).toEqual([]);
		const mutes = ['mute-1', 'mute-10', 'mute-60'];
		expect(ids(chat(1), keeper)).toEqual(['pin', 'remove', ...mutes, 'ban']);
		expect(ids({ ...gift(1), lastSeq: 1, wordsSeq: null }, creator)).toEqual([
			'thank',
			...mutes,
			'appoint',
			'ban'
		]);
		const held = paid(1, { state: 'held', text: null, pinned_until: null });
		expect(ids(held, keeper)).toEqual(['approve', 'remove', ...mutes, 'ban']);
		expect(ids({ ...chat(1), text: null }, keeper)).toEqual([...mutes, 'ban']);
	});

	it('never touches the creator, nor somebody without a name', () => {
		expect(ids({ ...chat(1), sender: around.creator }, keeper)).toEqual(['pin', 'remove']);
		const nobody = { id: NOBODY_ID, display_name: 'Anonymous' };
		expect(ids({ ...gift(1, { sender: nobody }), lastSeq: 1, wordsSeq: null }, keeper)).toEqual([]);
	});
});
