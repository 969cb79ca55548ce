import { api, session, type CoinPackage, type Order } from '$lib/api';
import { hindrance } from './buyer';
import { CUSTOM, nearest, readCoins, type CustomAmount } from './custom';
import { limitNote } from './limits';
import { Prices } from './prices.svelte';
import { Purchase } from './purchase.svelte';
import { Quotes } from './quotes.svelte';
import type { Limits, Quote, Wish } from './types';

/** A quote is asked for again after this time: promotions end, prices change. */
const QUOTE_GOOD_MS = 120_000;

/** Where coins are bought: what is sold, what is chosen, what it costs, and the order. For the page and for the sheet. */
export class Till {
	readonly prices = new Prices();
	readonly quotes = new Quotes();
	readonly purchase = new Purchase();

	/** Whose prices are shown, or asked for. */
	country = $state('');
	/** The id of a package, or `CUSTOM`. */
	chosen = $state<string>();
	customText = $state('');
	providerName = $state('');
	/** The code that was applied, good or not. */
	code = $state<string | null>(null);
	limits = $state.raw<Limits | null>(null);
	/** An order whose price is not the one that was shown: its buyer decides. */
	changed = $state.raw<Order | null>(null);

	readonly list = $derived(this.prices.list);
	readonly blocked = $derived(hindrance(session.user, session.wallet));
	readonly choice = $derived<CoinPackage | undefined>(
		this.list?.items.find((each) => each.id === this.chosen)
	);
	readonly custom = $derived<CustomAmount | null>(
		this.chosen === CUSTOM && this.list?.custom
			? readCoins(this.customText, this.list.custom)
			: null
	);
	/** How many coins are chosen, without what comes on top. */
	readonly coins = $derived(this.custom ? this.custom.coins : (this.choice?.coins ?? null));
	readonly limit = $derived(limitNote(this.limits, this.coins));
	readonly provider = $derived(
		this.prices.providers.find((each) => each.name === this.providerName) ??
			this.prices.providers[0]
	);
	readonly wish = $derived<Wish | null>(this.#wish());
	readonly quote = $derived<Quote | null>(this.quotes.fresh);

	/** Why nothing can be bought as it stands; undefined: it can, once the price is there. */
	readonly reason = $derived.by<string | undefined>(() => {
		if (this.blocked) return this.blocked.title;
		if (!this.provider) return 'No way to pay is set up for this country.';
		if (this.custom && this.custom.coins === null) return 'Choose how many coins.';
		if (this.limit?.over) return 'That is more than you can buy now.';
		if (this.changed) return 'The price has changed: look at it first.';
		return this.quotes.problem ? 'The price is not known yet.' : undefined;
	});

	/** Show what a country is sold; null: the buyer's own. What was chosen stays, as far as it is sold there. */
	async enter(country: string | null): Promise<void> {
		const kept = this.choice?.coins;
		this.country = country ?? session.user?.country ?? '';
		this.leaveOrder();
		await this.prices.load(country);
		if (this.list) this.country = this.list.country;
		this.#keep(kept);
	}

	async lookAtLimits(): Promise<void> {
		// Whoever cannot see them meets them when the order is made.
		this.limits = session.user ? await api.get('/v1/wallet/limits').catch(() => null) : null;
	}

	/** Choose a package, or an amount of one's own, which begins at what was chosen before. */
	choose(id: string | undefined): void {
		const rule = this.list?.custom;
		if (id === CUSTOM && rule && !this.customText) {
			this.customText = String(nearest(this.choice?.coins ?? rule.coins_min, rule));
		}
		this.chosen = id;
		this.leaveOrder();
	}

	applyCode(code: string | null): void {
		if (code !== null && code === this.code) this.quotes.again();
		this.code = code;
	}

	/** Ask for the price again when it has grown old; `nowMs` by this device's clock. */
	refresh(nowMs: number): void {
		const old = nowMs - this.quotes.latestAt > QUOTE_GOOD_MS;
		if (this.quote && old && !this.purchase.starting) this.quotes.again();
	}

	/** Make the order of what is shown. True: it costs what was shown, so that its payment page may be opened. */
	async order(returnPath: string | null): Promise<boolean> {
		const { quote, provider } = this;
		const wish = this.quotes.quoted;
		if (!quote || !wish || !provider || this.reason) return false;
		await this.purchase.start(wish, provider.name, returnPath);
		const { order, problem } = this.purchase;
		if (problem) {
			void this.lookAtLimits();
			return false;
		}
		if (order && isWorse(order, quote)) this.changed = order;
		return order !== null && !this.changed;
	}

	/** Forget the order, to choose again. */
	leaveOrder(): void {
		this.changed = null;
		this.purchase.reset();
	}

	#wish(): Wish | null {
		const { list, coins, choice } = this;
		// Until the prices of another country are there, nothing of the shown ones can be bought.
		if (!list || coins === null || this.blocked || this.prices.loading) return null;
		const what = choice ? { package_id: choice.id } : { coins };
		return { country: list.country, ...what, ...(this.code && { code: this.code }) };
	}

	#keep(coins: number | undefined): void {
		if (this.choice || (this.chosen === CUSTOM && this.list?.custom)) return;
		const items = this.list?.items ?? [];
		const same = items.find((each) => each.coins === coins);
		this.chosen = (same ?? items[1] ?? items[0])?.id;
	}
}

/** Whether an order costs more, or brings less, than its quote said. */
export function isWorse(
	order: Pick<Order, 'total' | 'coins' | 'coins_bonus'>,
	quote: Pick<Quote, 'total' | 'coins' | 'coins_bonus'>
): boolean {
	return (
		order.total.currency !== quote.total.currency ||
		order.total.amount_minor > quote.total.amount_minor ||
		order.coins < quote.coins ||
		order.coins_bonus < quote.coins_bonus
	);
}
