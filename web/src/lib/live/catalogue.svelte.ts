import { api, type GiftType } from '$lib/api';

export type { GiftType };

export interface CoinRange {
	min: number;
	max: number;
}

export interface GiftShelf {
	id: string;
	label: string;
	gifts: GiftType[];
}

/** Up to this many coins a gift stands on the shelf. */
const SHELVES = [
	{ id: 'small', label: 'Small', coins_max: 99 },
	{ id: 'middle', label: 'Bigger', coins_max: 999 },
	{ id: 'large', label: 'Showstoppers', coins_max: Infinity }
];

/** Gifts by price, cheapest first, on shelves that are not empty. */
export function shelves(gifts: readonly GiftType[]): GiftShelf[] {
	const sorted = [...gifts].sort((a, b) => a.coins - b.coins || a.name.localeCompare(b.name));
	let above = 0;
	return SHELVES.map(({ id, label, coins_max }) => {
		const from = above;
		above = coins_max;
		return { id, label, gifts: sorted.filter(({ coins }) => coins > from && coins <= coins_max) };
	}).filter(({ gifts: some }) => some.length > 0);
}

/** The gifts on sale, loaded once and again when the server says that one has changed. */
export class Catalogue {
	gifts = $state.raw<readonly GiftType[]>([]);
	countMax = $state(1);
	messageMax = $state(0);
	/** What one gift on a post may take, in coins; the server sets it. */
	postRange = $state.raw<CoinRange | null>(null);
	failed = $state.raw<unknown>(null);
	loaded = $state(false);
	/** The creator's part, in basis points; null while it is not known. */
	shareBp = $state<number | null>(null);
	#loading: Promise<void> | null = null;

	load(again = false): Promise<void> {
		if (this.loaded && !again) return Promise.resolve();
		this.#loading ??= this.#fetch().finally(() => (this.#loading = null));
		return this.#loading;
	}

	find(key: string | null): GiftType | undefined {
		return this.gifts.find(({ id, slug }) => id === key || slug === key);
	}

	/** What the creator gets for so many coins, in thousandths of a diamond. */
	milliDiamonds(coins: number): number | null {
		return this.shareBp === null ? null : Math.floor((coins * this.shareBp) / 10);
	}

	async #fetch(): Promise<void> {
		try {
			const list = await api.get('/v1/gifts');
			this.gifts = list.items;
			this.shareBp = list.share_bp;
			this.countMax = list.count_max;
			this.messageMax = list.message_characters_max;
			this.postRange = { min: list.post_gift_coins_min, max: list.post_gift_coins_max };
			this.failed = null;
			this.loaded = true;
		} catch (thrown) {
			this.failed = thrown;
		}
	}
}

export const catalogue = new Catalogue();
