import type { CustomCoins } from './types';

/** The value of the choice that stands for an amount of one's own, beside the ids of packages. */
export const CUSTOM = 'custom';

export interface CustomAmount {
	/** Null while it is no amount that is sold. */
	coins: number | null;
	/** What is wrong with it; undefined while nothing is typed. */
	error?: string;
}

/** An amount of coins as it was typed, held against what is sold. Blanks and separators of thousands are passed over. */
export function readCoins(text: string, rule: CustomCoins): CustomAmount {
	const typed = text.replaceAll(/[\s.,'’_]/g, '');
	if (!typed) return { coins: null };
	const coins = /^\d{1,10}$/.test(typed) ? Number(typed) : NaN;
	const fits = coins >= rule.coins_min && coins <= rule.coins_max && coins % rule.coins_step === 0;
	return fits ? { coins } : { coins: null, error: `${rangeText(rule)}.` };
}

/** "Choose 70 to 50,000 coins, in steps of 10" */
export function rangeText({ coins_min, coins_max, coins_step }: CustomCoins): string {
	const [least, most, step] = [coins_min, coins_max, coins_step].map((each) =>
		new Intl.NumberFormat().format(each)
	);
	return `Choose ${least} to ${most} coins${coins_step > 1 ? `, in steps of ${step}` : ''}`;
}

/** An amount near `coins` that is sold, for the first look at the field. */
export function nearest(coins: number, rule: CustomCoins): number {
	const stepped = Math.round(coins / rule.coins_step) * rule.coins_step;
	const least = Math.ceil(rule.coins_min / rule.coins_step) * rule.coins_step;
	const most = Math.floor(rule.coins_max / rule.coins_step) * rule.coins_step;
	return Math.min(most, Math.max(least, stepped));
}
