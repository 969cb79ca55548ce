import { vi } from 'vitest';
import type { RoomEvent } from '$lib/live/protocol';
import { room, socketFactory } from '$lib/live/testing';
import { storedMemory } from './memory';
import { OverlayFeed } from './overlay-feed.svelte';
import type { ApprovedAlert } from './types';

export const bo = { sender: { id: 'bo', display_name: 'Bo' } };
export const tick = () => vi.advanceTimersByTimeAsync(0);
/** An alert's time on screen, and the pause after it. */
export const turn = () => vi.advanceTimersByTimeAsync(2501);

interface World {
	log?: RoomEvent[];
	approvals?: ApprovedAlert[];
	place?: number;
}

/** A page of the overlay; what it remembers stays in the browser's storage, as over a reload. */
export function open({ log = [], approvals = [], place = 0 }: World = {}) {
	const server = socketFactory();
	const shown: string[] = [];
	const spoken: string[] = [];
	const feed = new OverlayFeed('token', {
		socket: server.open,
		random: () => 0,
		memory: async (id) => storedMemory(`${id}.${place}`, () => localStorage),
		history: (_, after, until) =>
			Promise.resolve(log.filter(({ seq }) => seq !== null && seq > after && seq <= until)),
		approved: (after) => Promise.resolve(approvals.filter(({ no }) => no > after)),
		onsound: () => {
			const alert = feed.alerts?.queue.shown?.alert;
			if (alert) shown.push(`${alert.name} ${alert.count}`);
		},
		onspeak: ({ text }) => spoken.push(text)
	});
	feed.start();
	server.latest.onopen?.();
	const say = async (...frames: Parameters<typeof server.latest.say>) => {
		server.latest.say(...frames);
		await tick();
	};
	const now = () => {
		const alert = feed.alerts?.queue.shown?.alert;
		return alert ? `${alert.name} ${alert.count}${alert.open ? '…' : ''}` : null;
	};
	return { feed, server, say, shown, spoken, now };
}

export const snapshot = (seq: number, more: Parameters<typeof room>[0] = {}) =>
	({ op: 'snapshot', seq, room: room(more), wallet: null }) as const;
export const frame = (...events: RoomEvent[]) => ({ op: 'frame', events }) as const;
