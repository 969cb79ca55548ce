import type { Me, Problem, Wallet } from '$lib/api';

export interface Hindrance {
	title: string;
	text: string;
	action?: { label: string; href: string };
}

/** Why this person cannot buy coins, known before they try; null when nothing is in the way. */
export function hindrance(user: Me | null, wallet: Wallet | null): Hindrance | null {
	if (user?.age_state === 'underage') {
		return {
			title: 'Coins are for adults',
			text: `Buying and giving coins needs an age of ${user.age_min_years} or more where you live. Watching is free.`
		};
	}
	if (user?.age_state === 'country_closed') {
		return {
			title: 'Not open in your country yet',
			text: 'Coins cannot be bought where you live. Watching is free.'
		};
	}
	// A wallet that is on hold because it owes coins may top up: that pays the debt first.
	if (wallet?.frozen && wallet.coins_owed === 0) {
		return {
			title: 'Your wallet is on hold',
			text: 'Top-ups and gifts wait until support has looked at it.',
			action: { label: 'See your wallet', href: '/wallet' }
		};
	}
	return null;
}

const TITLES: Record<string, string> = {
	underage: 'Coins are for adults',
	country_closed: 'Not open in this country yet',
	wallet_frozen: 'Your wallet is on hold',
	provider_unreachable: 'The payment service does not answer',
	limit_reached: 'That is more than you can buy now',
	country_not_yours: 'Your payments come from another country',
	custom_amount_invalid: 'This amount is not sold',
	custom_amount_not_offered: 'Only packages are sold here',
	promotion_used_up: 'The offer has just run out',
	promotion_ended: 'The offer has just ended',
	promotion_already_used: 'You have used this offer',
	provider_unavailable: 'This way to pay is closed just now',
	package_not_found: 'This package is no longer sold',
	package_not_sold_here: 'This package is not sold in this country',
	too_many_orders: 'Too many unfinished orders',
	idempotency_conflict: 'This order was already made in another way',
	order_not_found: 'There is no such order',
	no_price_book: 'No prices for this country yet'
};

/** A refused purchase in words a buyer uses. */
export function inWords(problem: Problem): { title: string; detail: string; code: string } {
	const { code, detail } = problem;
	return { title: TITLES[code] ?? problem.title, detail, code };
}

/** Problems of a country that trying again does not change. */
const NOTHING_SOLD: Record<string, string> = {
	country_closed: 'Coins are not sold here yet. Watching is free everywhere.',
	no_price_book: 'Nobody has set prices for this country yet.'
};

/** Why a country sells nothing, in a kind sentence; null when the problem is another. */
export function nothingSold(problem: Problem | null): string | null {
	return problem ? (NOTHING_SOLD[problem.code] ?? null) : null;
}

/** The country whose prices are the buyer's, where a quote or an order was refused because of another. */
export function rightCountry(problem: Problem | null): string | null {
	const code = problem?.code === 'country_not_yours' ? problem.document.country : null;
	return typeof code === 'string' ? code : null;
}

/** Coins of a purchase that pay back what is owed, and what the wallet holds afterwards. Only coins that are bought repay. */
export function afterwards(
	wallet: Pick<Wallet, 'coins_total' | 'coins_owed'>,
	bought: { coins: number; coins_bonus: number }
): { repaid: number; total: number } {
	const repaid = Math.min(wallet.coins_owed, bought.coins);
	return { repaid, total: wallet.coins_total + bought.coins + bought.coins_bonus - repaid };
}
