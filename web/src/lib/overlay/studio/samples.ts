import { offers } from '$lib/live/offers.svelte';
import type { Alert } from '../alerts';
import { RoomView, type Line } from '../room-view.svelte';
import type { AlertKind, OverlayKind } from '../types';

/** What an overlay is shown with in the studio, and the size that suits it. */
export const SIZES: Record<OverlayKind, readonly [width: number, height: number]> = {
	alerts: [800, 600],
	goal: [600, 200],
	supporters: [420, 420],
	ticker: [1280, 80],
	chat: [420, 640]
};

const NAMES = ['Robin', 'Sasha', 'Kim', 'Alex', 'Noa', 'Mika', 'Jo', 'Sam', 'Max', 'Lee'];
const ROSE = { id: 'rose', version: 1, slug: 'rose', name: 'Rose' };

/** An alert as it may come. */
export function sampleAlert(kind: AlertKind, coins: number, beats: number): Alert {
	const given = kind === 'gift' || kind === 'streak';
	const texts: Record<AlertKind, string> = {
		gift: 'For the last song!',
		streak: '',
		paid_message: 'Could you play the slow one again?',
		cheer: `cheer${coins} What a night`,
		goal: 'A new microphone'
	};
	const colors: Partial<Record<AlertKind, string>> = {
		paid_message: offers.tier(coins)?.color ?? '#00508e',
		cheer: offers.cheerTier(coins)?.color ?? '#6b7280'
	};
	return {
		key: `sample:${kind}:${beats}`,
		kind,
		name: kind === 'goal' ? '' : 'Robin',
		sender: null,
		slug: given ? ROSE.slug : null,
		gift: given ? ROSE.name : '',
		count: given ? coins : 1,
		coins: kind === 'goal' ? null : coins,
		message: texts[kind],
		color: colors[kind] ?? null,
		marks: colors.cheer && kind === 'cheer' ? [{ name: 'cheer', coins, color: colors.cheer }] : [],
		open: false,
		seqs: [],
		roomId: '',
		approval: null,
		beats
	};
}

/** A room with something in it. */
export function sampleRoom(): RoomView {
	const room = new RoomView();
	room.supporters = NAMES.map((name, place) => ({
		rank: place + 1,
		user: { id: `sample-${place}`, display_name: name },
		coins: Math.round(5200 / (place + 1))
	}));
	room.goals = [
		{
			id: 'sample-1',
			title: 'A new microphone',
			state: 'open',
			parts: [{ id: 'a', gift: null, target: 5000, progress: 3200 }]
		},
		{
			id: 'sample-2',
			title: 'Roses for everybody',
			state: 'open',
			parts: [{ id: 'b', gift: ROSE, target: 300, progress: 120 }]
		}
	];
	room.lines = LINES.map((line, place) => ({
		seq: place + 1,
		sender: `sample-${place}`,
		name: NAMES[place] ?? '',
		color: null,
		marks: [],
		slug: null,
		gift: '',
		count: 0,
		coins: 0,
		at_ms: Date.now(),
		...line,
		key: `sample-${place}`
	}));
	return room;
}

const LINES: readonly (Pick<Line, 'kind' | 'text'> & Partial<Line>)[] = [
	{ kind: 'chat', text: 'Good evening everybody' },
	{ kind: 'gift', text: '', slug: ROSE.slug, gift: ROSE.name, count: 30, coins: 30 },
	{
		kind: 'cheer',
		text: 'cheer100 What a night',
		coins: 100,
		color: '#7b3fe4',
		marks: [{ name: 'cheer', coins: 100, color: '#7b3fe4' }]
	},
	{ kind: 'chat', text: 'That bridge!' },
	{
		kind: 'paid_message',
		text: 'Could you play the slow one again?',
		coins: 250,
		color: '#9a3e00'
	},
	{ kind: 'chat', text: 'Yes please' }
];
