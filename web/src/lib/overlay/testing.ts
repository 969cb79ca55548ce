import * as live from '$lib/live/testing';
import { AT } from '$lib/live/testing';
import type { LoggedEvent, PaidMessageEvent } from '$lib/live/protocol';
import type { AlertSettings, AlertVariation, SettingsFrame } from './types';

export { cheer } from '$lib/live/testing';

/** Of Bo, and not on top. */
export function paid(seq: number, more: Partial<PaidMessageEvent> = {}): PaidMessageEvent {
	const sender = { id: 'bo', display_name: 'Bo' };
	return live.paid(seq, { sender, pinned_until: null, text: 'hello', ...more });
}

export function total(streak: string, count: number) {
	return live.total({ streak, gifts: count, count, coins: count, milli_diamonds: 500 * count });
}

export function streakEnd(
	seq: number,
	streak: string,
	count: number
): Extract<LoggedEvent, { type: 'streak_end' }> {
	return { type: 'streak_end', seq, at: AT, total: total(streak, count) };
}

type Moderation = Extract<LoggedEvent, { type: 'moderation' }>;

export function moderation(seq: number, more: Partial<Moderation>): Moderation {
	return live.moderation(seq, 'remove', { by: null, ...more });
}

export function variation(more: Partial<AlertVariation> = {}): AlertVariation {
	return {
		coins_min: 0,
		kinds: ['gift', 'streak', 'paid_message', 'cheer', 'goal'],
		layout: 'card',
		entrance: 'rise',
		duration_s: 2,
		sound: 'chime',
		volume_percent: 50,
		template: '{name}',
		accent: '#f2b84b',
		...more
	};
}

export function settings(more: Partial<AlertSettings> = {}): AlertSettings {
	return {
		kind: 'alerts',
		coins_min: 0,
		pause_ms: 500,
		hold: false,
		variations: [variation()],
		speech: {
			enabled: false,
			coins_min: 0,
			language: null,
			rate_percent: 100,
			volume_percent: 80,
			characters_max: 120
		},
		...more
	};
}

export function settingsFrame(more: Partial<SettingsFrame> = {}): SettingsFrame {
	return {
		op: 'settings',
		id: 'overlay-1',
		settings: settings(),
		approved: 0,
		hold_switch: null,
		...more
	};
}
