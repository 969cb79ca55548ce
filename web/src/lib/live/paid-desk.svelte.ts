import { uuidv7 } from '$lib/api';
import { countCharacters, countEmoji } from './counting';
import { explain, type Explanation } from './explain';
import { offers, type PaidTier } from './offers.svelte';
import { Refusal } from './refusal';
import { withRightClock } from './right-clock';

export interface PaidDeskHooks {
	pay: (id: string, text: string, coins: number) => Promise<unknown>;
	coins: () => number | null;
	ontopup: () => void;
}

/** A paid message in the making: how many coins, which words, and how that went. */
export class PaidDesk {
	open = $state(false);
	coins = $state(50);
	text = $state('');
	sending = $state(false);
	problem = $state.raw<Explanation | null>(null);
	readonly #hooks: PaidDeskHooks;

	constructor(hooks: PaidDeskHooks) {
		this.#hooks = hooks;
	}

	get tier(): PaidTier | undefined {
		return offers.tier(this.coins);
	}
	get characters(): number {
		return countCharacters(this.text.trim());
	}
	get emoji(): number {
		return countEmoji(this.text.trim());
	}
	/** What must change before it can be sent; null when nothing must. */
	get flaw(): string | null {
		const tier = this.tier;
		const { paid_coins_max: max } = offers.list ?? { paid_coins_max: Infinity };
		if (!Number.isInteger(this.coins) || !tier) return 'Choose a whole number of coins.';
		if (this.coins > max) return `One message takes at most ${max} coins.`;
		const long = this.characters - tier.characters_max;
		if (long > 0) return `Too long by ${long}. Shorten it, or choose more coins.`;
		if (this.emoji > tier.emoji_max)
			return tier.emoji_max === 0
				? 'No emoji for so few coins. Leave them out, or choose more coins.'
				: `At most ${tier.emoji_max} emoji for these coins.`;
		return null;
	}
	/** Coins missing for it. */
	get short(): number {
		const coins = this.#hooks.coins();
		return coins === null ? 0 : Math.max(0, this.coins - coins);
	}

	show(): void {
		this.open = true;
		this.problem = null;
		void offers.load();
	}

	close(): void {
		this.open = false;
		this.problem = null;
	}

	/** Pay and send; the words stay when it was refused. */
	async send(): Promise<void> {
		if (this.sending || this.flaw !== null) return;
		this.problem = null;
		if (this.short > 0) return this.#hooks.ontopup();
		this.sending = true;
		try {
			const [text, coins] = [this.text.trim(), this.coins];
			await withRightClock(() => this.#hooks.pay(uuidv7(), text, coins));
			this.text = '';
			this.close();
		} catch (thrown) {
			const refusal = Refusal.from(thrown);
			this.problem = explain(refusal);
			if (refusal.code === 'insufficient_coins') this.#hooks.ontopup();
		} finally {
			this.sending = false;
		}
	}
}
