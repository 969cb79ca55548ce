/** Shapes of buying coins, as the server answers with them. */
import type { Answer } from '$lib/api';

export type Quote = Answer<'/v1/quotes', 'post'>;
export type Promotion = Answer<'/v1/promotions'>['items'][number];
export type Claim = Answer<'/v1/promotions/{slug}/claim', 'post'>;
export type Limits = Answer<'/v1/wallet/limits'>;
export type CustomCoins = NonNullable<Answer<'/v1/coin-packages'>['custom']>;

/** What somebody wants to buy: a package or an amount of coins, priced for a country. */
export type Wish = { country: string; code?: string } & (
	{ package_id: string } | { coins: number }
);
