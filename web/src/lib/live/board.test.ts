import { describe, expect, it, vi } from 'vitest';
import { apply, boardOf, onTop, type Board } from './board';
import type { RoomEvent, RoomState, ViewerRole } from './protocol';
import { AT, chat, cheer, gift, goal, moderation, paid, room, RULES, total } from './testing';

const ada = { id: 'ada', display_name: 'Ada' };
const bo = { id: 'bo', display_name: 'Bo' };
const viewer: ViewerRole = { role: 'viewer', muted_until: null, banned: false };
const pin = {
	type: 'pin' as const,
	seq: 12,
	at: AT,
	target_seq: 11,
	by: bo,
	sender: ada,
	text: 'hello'
};
const gaveTen = [{ rank: 1, user: ada, coins: 10 }];
const cheap = paid(11, { coins: 50 });
const dear = paid(12, { coins: 500 });
const held = paid(11, { state: 'held', text: null, pinned_until: null });
const near = goal({ parts: [{ id: 'part-1', gift: null, target: 100, progress: 70 }] });

/** Snapshot before, events, snapshot after; `me` is Ada, a viewer, where that matters. */
const CASES: Record<
	RoomEvent['type'] | string,
	[Partial<RoomState>, RoomEvent[], Partial<RoomState>, you?: Partial<ViewerRole>]
> = {
	gift: [{}, [gift(11)], {}],
	chat: [{}, [chat(11)], {}],
	cheer: [{}, [cheer(11)], {}],
	streak: [
		{ streaks: [total(), total({ sender: bo })] },
		[{ type: 'streak', seq: null, at: AT, total: total({ gifts: 30, count: 30 }) }],
		{ streaks: [total({ gifts: 30, count: 30 }), total({ sender: bo })] }
	],
	streak_end: [
		{ streaks: [total(), total({ sender: bo })] },
		[{ type: 'streak_end', seq: 11, at: AT, total: total({ count: 31 }) }],
		{ streaks: [total({ sender: bo })] }
	],
	paid_message: [{}, [cheap, dear], { pinned: [dear, cheap] }],
	'paid_message without a time': [{}, [paid(11, { pinned_until: null })], {}],
	on_top: [
		{ pinned: [dear] },
		[{ type: 'on_top', seq: null, at: AT, items: [cheap, dear] }],
		{ pinned: [dear, cheap] }
	],
	pin: [{}, [pin], { pin }],
	unpin: [{ pin }, [{ type: 'unpin', seq: 13, at: AT, target_seq: 11 }], { pin: null }],
	'unpin of a paid message': [
		{ pinned: [dear, cheap] },
		[{ type: 'unpin', seq: 13, at: AT, target_seq: 12 }],
		{ pinned: [cheap] }
	],
	'moderation: remove': [
		{ pinned: [dear, cheap], pin: { ...pin, target_seq: 12 } },
		[moderation(13, 'remove', { target_seq: 12 })],
		{ pinned: [cheap], pin: null }
	],
	'moderation: approve': [
		{ recent: [held] },
		[
			moderation(12, 'approve', {
				target_seq: 11,
				text: 'yes',
				pinned_until: AT,
				message: paid(11, { text: 'yes', pinned_until: AT })
			})
		],
		{ pinned: [paid(11, { text: 'yes', pinned_until: AT })] }
	],
	'moderation: mute': [
		{},
		[moderation(11, 'mute', { user: ada, until: AT })],
		{},
		{ muted_until: AT }
	],
	'moderation: unmute': [
		{},
		[moderation(11, 'mute', { user: ada, until: AT }), moderation(12, 'unmute', { user: ada })],
		{}
	],
	'moderation: ban': [
		{ pinned: [dear, paid(14, { sender: bo })], pin },
		[moderation(15, 'ban', { user: ada })],
		{ pinned: [paid(14, { sender: bo })], pin: null },
		{ banned: true }
	],
	'moderation: unban': [
		{},
		[moderation(11, 'ban', { user: ada }), moderation(12, 'unban', { user: ada })],
		{}
	],
	'moderation: of somebody else': [{}, [moderation(11, 'mute', { user: bo, until: AT })], {}],
	'moderation: add_moderator': [
		{},
		[moderation(11, 'add_moderator', { user: ada })],
		{},
		{ role: 'moderator' }
	],
	'moderation: drop_moderator': [
		{},
		[
			moderation(11, 'add_moderator', { user: ada }),
			moderation(12, 'drop_moderator', { user: ada })
		],
		{}
	],
	'moderation: rules': [
		{},
		[moderation(11, 'rules', { rules: { ...RULES, slow_mode_s: 30 } })],
		{ chat_rules: { ...RULES, slow_mode_s: 30 } }
	],
	goal: [{}, [{ type: 'goal', seq: 11, at: AT, goal: goal() }], { goals: [goal()] }],
	'goal: reached': [
		{ goals: [near] },
		[{ type: 'goal', seq: 11, at: AT, goal: { ...near, state: 'reached' } }],
		{ goals: [{ ...near, state: 'reached' }] }
	],
	'goal: cancelled': [
		{ goals: [near] },
		[{ type: 'goal', seq: 11, at: AT, goal: { ...near, state: 'cancelled' } }],
		{ goals: [] }
	],
	goal_progress: [
		{ goals: [goal()] },
		[{ type: 'goal_progress', seq: null, at: AT, goal: near }],
		{ goals: [near] }
	],
	supporters: [
		{},
		[{ type: 'supporters', seq: null, at: AT, items: gaveTen }],
		{ supporters: gaveTen }
	],
	entrance: [{}, [{ type: 'entrance', seq: null, at: AT, user: ada, rank: 1 }], {}],
	thanks: [{}, [{ type: 'thanks', seq: 11, at: AT, target_seq: 9, user: ada, text: null }], {}],
	viewer_count: [{}, [{ type: 'viewer_count', seq: null, at: AT, count: 44 }], { viewers: 44 }],
	gifting: [{}, [{ type: 'gifting', seq: null, at: AT, enabled: false }], { gifting: false }],
	banner: [
		{},
		[
			{
				type: 'banner',
				seq: null,
				at: AT,
				stream_id: 'other',
				creator: bo,
				sender: ada,
				gift: gift(1).gift,
				count: 1,
				coins: 30_000
			}
		],
		{}
	],
	stream_end: [{}, [{ type: 'stream_end', seq: 11, at: AT }], { state: 'ended', gifting: false }]
};

describe('the board', () => {
	it.each(Object.entries(CASES))('%s: snapshot + events = later snapshot', (_, parts) => {
		const [before, events, after, you] = parts;
		const start = boardOf(room(before), viewer);
		const reached = events.reduce<Board>((board, event) => apply(board, event, 'ada'), start);
		expect(reached).toEqual(boardOf(room(after), { ...viewer, ...you }));
	});

	it('shows as many on top as the server, and those below once there is room', () => {
		const until = (minute: number) => ({ pinned_until: `2026-01-02T03:${minute}:05Z` });
		const said = [
			paid(11, { coins: 10, ...until(30) }),
			paid(12, { coins: 500, ...until(20) }),
			paid(13, { coins: 10, ...until(30) }),
			paid(14, { coins: 50, ...until(30) })
		];
		const board = said.reduce<Board>(
			(now, event) => apply(now, event),
			boardOf(room({ pinned_max: 2 }))
		);
		const shown = (minute: number) =>
			onTop(board, (each) => Date.parse(each) - Date.parse(until(minute).pinned_until)).map(
				({ message }) => message.seq
			);
		expect([shown(10), shown(20), shown(30)]).toEqual([[12, 14], [14, 13], []]);
	});

	it('leaves what it does not know alone, and notes it once', () => {
		const note = vi.spyOn(console, 'info').mockImplementation(() => undefined);
		const board = boardOf(room());
		const strange = { type: 'fanfare', seq: null, at: AT } as unknown as RoomEvent;
		expect(apply(apply(board, strange), strange)).toBe(board);
		expect(note).toHaveBeenCalledTimes(1);
		note.mockRestore();
	});
});
