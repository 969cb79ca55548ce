import { describe, expect, it } from 'vitest';
import { follow, LINES_MAX } from './feed';
import { NOBODY_ID } from './protocol';
import { AT, chat, gift, moderation, paid, total } from './testing';

const bo = { sender: { id: 'bo', display_name: 'Bo' } };
const nobody = { sender: { id: NOBODY_ID, display_name: 'Anonymous' } };

describe('the lines of a room', () => {
	it('makes one line of gifts that follow each other', () => {
		const lines = follow(
			[],
			[
				gift(1),
				gift(2, { count: 4 }),
				gift(3, bo),
				chat(4),
				gift(5, bo),
				gift(6, { ...bo, message: 'for you' })
			]
		);
		expect(lines.map(({ id }) => id)).toEqual(['gift-1', 'gift-3', 'chat-4', 'gift-5', 'gift-6']);
		expect(lines[0]).toMatchObject({ count: 5, lastSeq: 2 });
	});

	it('makes one line of a streak, whatever is said in between', () => {
		const streak = { streak: 'streak-1' };
		const lines = follow(
			[],
			[
				gift(1, streak),
				chat(2),
				gift(3, streak),
				gift(4, { streak: 'streak-2' }),
				gift(5, { ...streak, ...bo }),
				gift(6, streak)
			]
		);
		expect(lines.map(({ id }) => id)).toEqual(['gift-1', 'chat-2', 'gift-4', 'gift-5']);
		expect(lines[0]).toMatchObject({ count: 3 });
	});

	it('brings the line of a streak down again before it is gone', () => {
		const streak = { streak: 'streak-1' };
		const talk = Array.from({ length: 70 }, (_, index) => chat(index + 2));
		const lines = follow([], [gift(1, streak), ...talk, gift(80, streak)]);
		expect(lines.filter(({ type }) => type === 'gift')).toMatchObject([{ count: 2 }]);
		expect(lines.at(-1)?.id).toBe('gift-1');
	});

	it('takes the total of a streak that began before', () => {
		const lines = follow(
			[],
			[
				gift(1, { streak: 'streak-1' }),
				{ type: 'streak_end', seq: 2, at: AT, total: total({ count: 30, coins: 30 }) }
			]
		);
		expect(lines).toMatchObject([{ count: 30, coins: 30 }]);
	});

	it('never makes one of two who gave no name', () => {
		expect(follow([], [gift(1, nobody), gift(2, nobody)]).length).toBe(2);
	});

	it('takes the words out of what was removed, also of one gift in a line', () => {
		const before = follow([], [chat(1), gift(2, { message: 'x' }), paid(3), chat(4, 'stays')]);
		const after = follow(
			before,
			[1, 2, 3].map((seq) => moderation(seq + 10, 'remove', { target_seq: seq }))
		);
		expect(after).toMatchObject([
			{ seq: 1, text: null },
			{ seq: 2, message: null, count: 1 },
			{ seq: 3, text: null, state: 'removed', pinned_until: null },
			{ seq: 4, text: 'stays' }
		]);
		expect(before[0]).toMatchObject({ text: 'line 1' });
	});

	it('takes words out of the gift that brought them, and of no other line', () => {
		const streak = { streak: 'streak-1' };
		const lines = follow(
			[],
			[
				gift(1, streak),
				chat(2),
				gift(3, { ...streak, message: 'x' }),
				moderation(4, 'remove', { target_seq: 2 })
			]
		);
		expect(lines).toMatchObject([{ message: 'x', count: 2 }, { text: null }]);
		const after = follow(lines, [moderation(5, 'remove', { target_seq: 3 })]);
		expect(after).toMatchObject([{ message: null }, { text: null }]);
	});

	it('hides what a banned person said, and nobody else’s', () => {
		const lines = follow(
			[],
			[chat(1), { ...chat(2), ...bo }, moderation(3, 'ban', { user: bo.sender })]
		);
		expect(lines).toMatchObject([{ text: 'line 1' }, { text: null }]);
	});

	it('shows a held message when it is approved, and not after its removal', () => {
		const held = paid(1, { state: 'held', text: null, pinned_until: null });
		const yes = moderation(3, 'approve', { target_seq: 1, text: 'yes', pinned_until: AT });
		expect(follow([held], [yes])).toMatchObject([{ state: 'shown', text: 'yes' }]);
		const gone = follow([held], [moderation(2, 'remove', { target_seq: 1 }), yes]);
		expect(gone).toMatchObject([{ state: 'removed', text: null }]);
	});

	it('is bounded', () => {
		const events = Array.from({ length: 500 }, (_, index) => chat(index + 1));
		const lines = follow([], events);
		expect(lines.length).toBe(LINES_MAX);
		expect(lines.at(-1)?.seq).toBe(500);
	});
});
