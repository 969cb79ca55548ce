import { formatCoins } from '$lib/ui';
import type { Goal, GoalPart } from './protocol';

/** How far a part is, from 0 to 1. */
export function partShare({ progress, target }: GoalPart): number {
	return target > 0 ? Math.min(1, Math.max(0, progress / target)) : 1;
}

/** How far a goal is, from 0 to 1: all its parts count alike. */
export function goalShare(goal: Goal): number {
	if (goal.state === 'reached') return 1;
	const shares = goal.parts.map(partShare);
	return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : 0;
}

/** "3 of 30 Rose", "1,200 of 5,000 coins". */
export function partWords({ gift, progress, target }: GoalPart): string {
	return `${formatCoins(progress)} of ${formatCoins(target)} ${gift ? gift.name : 'coins'}`;
}

/** What the bar shows: the first goal that is open, else the one reached last. */
export function foremost(goals: readonly Goal[]): Goal | null {
	return goals.find(({ state }) => state === 'open') ?? goals.at(-1) ?? null;
}
