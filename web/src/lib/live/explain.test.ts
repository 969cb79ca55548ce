import { describe, expect, it } from 'vitest';
import { explain } from './explain';
import { Refusal } from './refusal';

describe('explain', () => {
	it('names what is missing and leads to more coins', () => {
		const words = explain(new Refusal('insufficient_coins', '', { needed: 1200, available: 30 }));
		expect(words.text).toBe('This takes 1,200 coins and you have 30.');
		expect(words).toMatchObject({ next: 'top_up', charged: false });
	});

	it('says when a budget starts afresh', () => {
		const figures = { monthly_coins: 500, spent_coins: 490, resets_at: '2026-12-01T00:00:00Z' };
		const words = explain(new Refusal('budget_exceeded', '', figures));
		expect(words.text).toContain('500 coins');
		expect(words.text).toContain('2026');
	});

	it('uses the server’s words for a code it does not know', () => {
		const words = explain(new Refusal('moon_phase', 'Not during a new moon.'));
		expect(words).toMatchObject({ text: 'Not during a new moon.', charged: false, next: null });
	});

	it('says how long to wait, and until when one is muted', () => {
		expect(explain(new Refusal('slow_mode', '', { retry_after_s: 12 })).text).toContain(
			'in 12 seconds'
		);
		const muted = explain(new Refusal('muted', '', { muted_until: '2026-12-01T10:30:00Z' }));
		expect(muted.text).toContain(':30');
	});

	it('claims nothing about money when the answer never came', () => {
		expect(explain(new Refusal('unanswered', '')).charged).toBe(null);
		expect(explain(new Refusal('left_room', '')).charged).toBe(null);
	});
});
