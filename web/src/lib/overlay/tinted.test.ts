import { describe, expect, it } from 'vitest';
import { contrast } from '$lib/live/colours';
import { room } from '$lib/live/testing';
import { alertOf } from './alerts';
import { RoomView } from './room-view.svelte';
import { cheer, paid } from './testing';
import { tinted } from './tinted';

const TIERS = ['#6B7280', '#7B3FE4', '#ffffff', '#000000', '#ffe000', '#0F766E', '#777777'];

describe('what was paid for', () => {
	it('has the colour of its tier wherever it is shown', () => {
		const source = { roomId: 'room-1' };
		const cheered = cheer(6);
		const said = [paid(5), cheered];
		const view = new RoomView();
		view.enter(room({ recent: said }));
		const shown = [...said.map((event) => alertOf(event, source)), ...view.lines];
		expect(shown.map((each) => each?.color)).toEqual(['#176200', '#7B3FE4', '#176200', '#7B3FE4']);
		expect(shown.map((each) => each?.marks)).toEqual([[], cheered.marks, [], cheered.marks]);
		expect(tinted({ kind: 'paid_message', color: '#176200' })).toEqual({
			ground: '#176200',
			words: '#ffffff'
		});
		expect(tinted({ kind: 'chat', color: null })).toBe(null);
	});

	it.each(TIERS)('can be read on %s', (color) => {
		for (const kind of ['paid_message', 'cheer']) {
			const look = tinted({ kind, color });
			expect(contrast(look?.ground ?? '', look?.words ?? '')).toBeGreaterThanOrEqual(4.5);
		}
	});

	it('differs by the tier of a cheer', () => {
		const grounds = TIERS.map((color) => tinted({ kind: 'cheer', color })?.ground);
		expect(new Set(grounds).size).toBe(TIERS.length);
	});
});
