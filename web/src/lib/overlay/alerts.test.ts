import { describe, expect, it } from 'vitest';
import { chat, gift } from '$lib/live/testing';
import { alertOf, fillTemplate, spokenOf, variationFor, type Alert } from './alerts';
import { chooseVoice } from './sound';
import { cheer, paid, settings, streakEnd, variation } from './testing';

const source = { roomId: 'room-1' };
const of = (event: Parameters<typeof alertOf>[0]) => alertOf(event, source) as Alert;

describe('alertOf', () => {
	it('knows what each event shows', () => {
		expect(of(gift(3, { count: 5, coins: 5 }))).toMatchObject({ kind: 'gift', count: 5, coins: 5 });
		expect(of(gift(3, { streak: 's' }))).toMatchObject({ kind: 'streak', open: true });
		expect(of(streakEnd(4, 's', 30))).toMatchObject({ kind: 'streak', open: false, count: 30 });
		expect(of(paid(5))).toMatchObject({ kind: 'paid_message', message: 'hello' });
		expect(of(cheer(6))).toMatchObject({ kind: 'cheer' });
		expect(alertOf(chat(7), source)).toBe(null);
	});
	it('shows no text that is held or was removed', () => {
		expect(alertOf(paid(5, { state: 'held', text: null }), source)).toBe(null);
		expect(alertOf(paid(5, { state: 'removed', text: null }), source)).toBe(null);
		expect(alertOf(cheer(6, { text: null }), source)).toBe(null);
	});
});

describe('variationFor', () => {
	const two = settings({
		coins_min: 5,
		variations: [
			variation({ kinds: ['gift'], coins_min: 1000, layout: 'stage' }),
			variation({ kinds: ['gift', 'goal'], layout: 'card' })
		]
	});
	it('takes the dearest that fits, in whatever order they stand', () => {
		expect(variationFor(two, { kind: 'gift', coins: 999 })?.layout).toBe('card');
		expect(variationFor(two, { kind: 'gift', coins: 1000 })?.layout).toBe('stage');
	});
	it('leaves out what is too cheap or of no kind', () => {
		expect(variationFor(two, { kind: 'gift', coins: 4 })).toBe(null);
		expect(variationFor(two, { kind: 'cheer', coins: 5000 })).toBe(null);
	});
	it('shows goals whatever alerts must cost', () => {
		expect(variationFor(two, { kind: 'goal', coins: null })?.layout).toBe('card');
	});
});

describe('fillTemplate', () => {
	const text = (template: string, alert: Alert) =>
		fillTemplate(template, alert, 'en')
			.map((piece) => piece.text)
			.join('');
	it('fills in what it knows', () => {
		const alert = of(gift(3, { count: 1200, coins: 1200, message: 'hi' }));
		expect(text('{name} sent {gift} ×{count} ({coins}): {message}', alert)).toBe(
			'Ada sent Rose ×1,200 (1,200): hi'
		);
	});
	it('reads nothing that a viewer wrote as a template', () => {
		const sender = { id: 'x', display_name: '{message}' };
		expect(text('{name}!', of(gift(3, { sender, message: 'secret' })))).toBe('{message}!');
	});
});

describe('spokenOf', () => {
	const speech = settings().speech;
	const on = { ...speech, enabled: true, coins_min: 10, characters_max: 20 };
	it('reads messages from so many coins on', () => {
		expect(spokenOf(speech, of(paid(5)))).toBe(null);
		expect(spokenOf(on, of(paid(5, { coins: 9 })))).toBe(null);
		expect(spokenOf({ ...on, rate_percent: 150 }, of(paid(5)))).toMatchObject({
			text: 'Bo: hello',
			rate: 1.5
		});
		expect(spokenOf(on, of(gift(3, { coins: 50 })))).toBe(null);
	});
	it('cuts at a word, and spells out neither addresses nor howls', () => {
		const text = (said: string) => spokenOf(on, of(paid(5, { text: said })))?.text;
		expect(text('one two three four five six')).toBe('Bo: one two three four');
		expect(text('look https://evil.test/x here')).toBe('Bo: look  here');
		expect(text('yeeeeeeeeees')).toBe('Bo: yeees');
		expect(text('www.only.test')).toBe(undefined);
	});
	it('chooses a voice by language', () => {
		const voices = [
			{ lang: 'en-US', default: true },
			{ lang: 'de_AT', default: false }
		];
		expect(chooseVoice(voices, null)?.lang).toBe('en-US');
		expect(chooseVoice(voices, 'de-DE')?.lang).toBe('de_AT');
		expect(chooseVoice(voices, 'ja')).toBe(null);
	});
});
