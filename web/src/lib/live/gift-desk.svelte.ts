import { uuidv7 } from '$lib/api';
import { typedSince } from '$lib/ui/typed';
import type { Catalogue, CoinRange, GiftType } from './catalogue.svelte';
import { explain, type Explanation } from './explain';
import { Refusal } from './refusal';
import { withRightClock } from './right-clock';
import { Streak } from './streak.svelte';

export interface GiftRequest {
	id: string;
	gift: string;
	version: number;
	count: number;
	message?: string;
	streak?: string;
	anonymous?: boolean;
}

export interface GiftDeskHooks {
	/** Resolves when the gift is paid for and on its way, rejects with the reason. */
	give: (request: GiftRequest) => Promise<unknown>;
	catalogue: Catalogue;
	/** Coins in the wallet; null when nobody is signed in. */
	coins: () => number | null;
	/** What one gift may take here; without it anything on sale. */
	range?: () => CoinRange | null;
	onsent?: (gift: GiftType) => void;
}

export const COUNTS = [1, 5, 10, 99] as const;

/** What a viewer is about to give: the gift, how many, with which words; and how that went. */
export class GiftDesk {
	open = $state(false);
	topUp = $state(false);
	sending = $state(false);
	slug = $state<string | null>(null);
	count = $state(1);
	message = $state('');
	/** Nobody in the room learns who gave it, the creator included. */
	anonymous = $state(false);
	problem = $state.raw<Explanation | null>(null);

	readonly streak: Streak;
	readonly #hooks: GiftDeskHooks;

	constructor(hooks: GiftDeskHooks) {
		this.#hooks = hooks;
		this.streak = new Streak({
			newId: () => uuidv7(),
			send: (id) => this.#give(id),
			onrefused: (thrown) => this.#refused(thrown)
		});
	}

	get gift(): GiftType | undefined {
		return this.#hooks.catalogue.find(this.slug) ?? this.gifts[0];
	}

	/** The gifts that can be given here. */
	get gifts(): readonly GiftType[] {
		const range = this.range;
		const all = this.#hooks.catalogue.gifts;
		return range ? all.filter(({ coins }) => coins >= range.min && coins <= range.max) : all;
	}

	get range(): CoinRange | null {
		return this.#hooks.range?.() ?? null;
	}

	/** True when what is chosen takes more or fewer coins than one gift may here. */
	get outOfRange(): boolean {
		return this.range !== null && (this.total < this.range.min || this.total > this.range.max);
	}

	get total(): number {
		return (this.gift?.coins ?? 0) * this.count;
	}

	/** Coins missing for what is chosen. */
	get short(): number {
		const coins = this.#hooks.coins();
		return coins === null ? 0 : Math.max(0, this.total - coins);
	}

	setAnonymous(anonymous: boolean): void {
		this.anonymous = anonymous;
		this.streak.end();
	}

	choose(slug: string): void {
		if (slug === this.slug) return;
		this.slug = slug;
		// A count chosen for a small gift must not multiply a large one by surprise.
		this.count = 1;
		this.streak.end();
		this.problem = null;
	}

	chooseCount(count: number): void {
		this.count = count;
		this.streak.end();
		this.problem = null;
	}

	close(): void {
		this.open = false;
		this.streak.end();
		this.problem = null;
	}

	async send(): Promise<void> {
		if (this.sending || !this.#possible()) return;
		this.sending = true;
		try {
			await this.#give(null);
		} catch (thrown) {
			this.#refused(thrown);
		} finally {
			this.sending = false;
		}
	}

	/** Finger or key down on the streak button. */
	press(): void {
		if (this.#possible()) this.streak.press();
	}

	tap(): void {
		if (this.#possible()) this.streak.tap();
	}

	/** Not enough coins: the way to more of them opens instead, and the choice stays. */
	#possible(): boolean {
		this.problem = null;
		if (this.outOfRange) return false;
		if (this.short > 0) this.topUp = true;
		return this.short === 0;
	}

	async #give(streak: string | null): Promise<void> {
		const gift = this.gift;
		if (!gift) return;
		const typed = this.message;
		const message = typed.trim();
		const wish = {
			gift: gift.slug,
			version: gift.version,
			count: this.count,
			...(message ? { message } : {}),
			...(streak ? { streak } : {}),
			...(this.anonymous ? { anonymous: true } : {})
		};
		await withRightClock(() => this.#hooks.give({ ...wish, id: uuidv7() }));
		this.message = typedSince(typed, this.message);
		this.#hooks.onsent?.(gift);
	}

	#refused(thrown: unknown): void {
		this.streak.release();
		const refusal = Refusal.from(thrown);
		this.problem = explain(refusal);
		if (this.problem.next === 'choose_again') void this.#hooks.catalogue.load(true);
		if (refusal.code === 'insufficient_coins') this.topUp = true;
	}
}
