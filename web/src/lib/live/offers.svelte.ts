import { api, type Answer } from '$lib/api';

export type Offers = Answer<'/v1/paid-messages'>;
export type PaidTier = Offers['paid_tiers'][number];
export type CheerTier = Offers['cheer_tiers'][number];

/** What coins buy in a chat, loaded once: tiers of paid messages, and the marks of cheers. */
export class MessageOffers {
	list = $state.raw<Offers | null>(null);
	failed = $state.raw<unknown>(null);
	#loading: Promise<void> | null = null;

	load(again = false): Promise<void> {
		if (this.list && !again) return Promise.resolve();
		this.#loading ??= this.#fetch().finally(() => (this.#loading = null));
		return this.#loading;
	}

	/** The lowest first. */
	get tiers(): readonly PaidTier[] {
		return this.list?.paid_tiers ?? [];
	}

	/** Names of the cheer marks, in small letters. */
	get marks(): readonly string[] {
		return this.#marks;
	}
	readonly #marks = $derived(this.list?.cheer_marks.map(({ name }) => name) ?? []);

	/** What so many coins buy; undefined where they are too few. */
	tier(coins: number): PaidTier | undefined {
		return this.tiers.findLast(({ coins_min }) => coins_min <= coins);
	}

	cheerTier(coins: number): CheerTier | undefined {
		return this.list?.cheer_tiers.findLast(({ coins_min }) => coins_min <= coins);
	}

	/** What becomes of the coins, in the server's words. */
	get rule(): string {
		return this.list?.coins_rule.text ?? '';
	}

	async #fetch(): Promise<void> {
		try {
			this.list = await api.get('/v1/paid-messages');
			this.failed = null;
		} catch (thrown) {
			this.failed = thrown;
		}
	}
}

export const offers = new MessageOffers();
