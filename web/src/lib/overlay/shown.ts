import type { Goal } from '$lib/live/protocol';
import type { Line } from './room-view.svelte';
import type { ChatSettings, GoalSettings, TickerSettings } from './types';

/** The goals that an overlay shows, the first set first. */
export function goalsShown(goals: readonly Goal[], settings: GoalSettings): readonly Goal[] {
	const open = goals.filter(({ state }) => state === 'open');
	if (settings.goals === 'next') {
		const next = open[0] ?? (settings.keep_reached ? goals[goals.length - 1] : undefined);
		return next ? [next] : [];
	}
	return settings.keep_reached ? goals.filter(({ state }) => state !== 'cancelled') : open;
}

/** What passes in the ticker, the newest first. */
export function tickerLines(lines: readonly Line[], settings: TickerSettings): readonly Line[] {
	return lines
		.filter(
			({ kind, coins, text }) =>
				kind !== 'chat' &&
				settings.kinds.includes(kind) &&
				coins >= settings.coins_min &&
				text !== null
		)
		.slice(-settings.items)
		.reverse();
}

/** What the chat shows at a moment: nothing that was removed, is held, or has faded. */
export function chatLines(
	lines: readonly Line[],
	settings: ChatSettings,
	now_ms: number
): readonly Line[] {
	const since_ms = settings.fade_s === 0 ? 0 : now_ms - settings.fade_s * 1000;
	return lines
		.filter(
			({ kind, text, at_ms }) =>
				kind !== 'gift' && text !== null && (kind === 'chat' || settings.paid) && at_ms >= since_ms
		)
		.slice(-settings.lines);
}
