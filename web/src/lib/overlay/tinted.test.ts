import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contrast } from '$lib/live/colours';
import { offers, type Offers } from '$lib/live/offers.svelte';
import { room } from '$lib/live/testing';
import { alertOf } from './alerts';
import { RoomView } from './room-view.svelte';
import { cheer, paid } from './testing';
import { tinted } from './tinted';

const TIERS = ['#6B7280', '#7B3FE4', '#ffffff', '#000000', '#ffe000', '#0F766E', '#777777'];

beforeEach(() => {
	const cheer_tiers = TIERS.map((color, place) => ({
		tier: place + 1,
		coins_min: 10 ** place,
		name: `Tier ${place + 1}`,
		color
	}));
	offers.list = { cheer_tiers, cheer_marks: [{ name: 'cheer', alt: '' }] } as unknown as Offers;
});
afterEach(() => void (offers.list = null));

describe('what was paid for', () => {
	it('has the colour of its tier wherever it is shown', () => {
		const source = { roomId: 'room-1' };
		expect(alertOf(paid(5), source)).toMatchObject({ color: '#176200', tier: null });
		expect(alertOf(cheer(6), source)).toMatchObject({ color: null, tier: 2 });
		const view = new RoomView();
		view.enter(room({ recent: [paid(5), cheer(6)] }));
		expect(view.lines.map(({ color, tier }) => [color, tier])).toEqual([
			['#176200', null],
			[null, 2]
		]);
		expect(tinted({ color: '#176200', tier: null })).toEqual({
			ground: '#176200',
			words: '#ffffff'
		});
		expect(tinted({ color: null, tier: null })).toBe(null);
	});

	it.each(TIERS)('can be read on %s', (color) => {
		const looks = [
			tinted({ color, tier: null }),
			tinted({ color: null, tier: TIERS.indexOf(color) + 1 })
		];
		for (const look of looks)
			expect(contrast(look?.ground ?? '', look?.words ?? '')).toBeGreaterThanOrEqual(4.5);
	});

	it('differs by the tier of a cheer, and is there before the tiers are known', () => {
		const grounds = TIERS.map((_, place) => tinted({ color: null, tier: place + 1 })?.ground);
		expect(new Set(grounds).size).toBe(TIERS.length);
		offers.list = null;
		expect(tinted({ color: null, tier: 2 })?.words).toBe('#ffffff');
	});
});
