import type { Problem } from '$lib/api';
import { waitText } from '$lib/account/errors';
import { formatCoins, formatDateTime } from '$lib/ui';

/** Whether a quote or an order was refused because of its promotion code, and would not be without it. */
export function isAboutCode(problem: Problem): boolean {
	return (
		problem.code.startsWith('promotion_') ||
		problem.code === 'too_many_codes' ||
		(problem.code === 'validation_failed' && 'code' in problem.fields)
	);
}

const OF_CHOICE = new Set(['amount', 'currency', 'country']);

/** Whether the same code may be good with another package, amount or country. */
export function dependsOnChoice(problem: Problem): boolean {
	const { reason } = problem.document;
	return problem.code === 'promotion_not_for_you' && OF_CHOICE.has(String(reason));
}

/** Why a code does nothing, and what would help. */
export function codeReason(problem: Problem): string {
	const { coins_min, starts_at, retry_after_s } = problem.document;
	if (problem.code === 'promotion_unknown') return 'There is no such code. Check its letters.';
	if (problem.code === 'promotion_not_yet' && typeof starts_at === 'string') {
		return `This code is good from ${formatDateTime(starts_at)}.`;
	}
	if (problem.code === 'promotion_not_for_you' && typeof coins_min === 'number') {
		return `This code needs ${formatCoins(coins_min)} coins or more.`;
	}
	if (problem.code === 'too_many_codes' && typeof retry_after_s === 'number') {
		return `Too many tries. Try again ${waitText(retry_after_s)}.`;
	}
	return problem.fields.code ?? (problem.detail || problem.title);
}
