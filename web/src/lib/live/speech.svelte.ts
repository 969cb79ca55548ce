import { uuidv7 } from '$lib/api';
import { typedSince } from '$lib/ui/typed';
import type { Board } from './board';
import { cheerCoins } from './cheers';
import { explain, type Explanation } from './explain';
import { offers } from './offers.svelte';
import { PaidDesk } from './paid-desk.svelte';
import { Refusal } from './refusal';
import { seconds } from './seconds.svelte';
import type { ServerClock } from './server-clock';
import { withRightClock } from './right-clock';

export interface SpeechHooks {
	chat: (text: string) => Promise<unknown>;
	pay: (id: string, text: string, coins: number) => Promise<unknown>;
	cheer: (id: string, text: string, coins: number) => Promise<unknown>;
	board: () => Board | null;
	/** Coins in the wallet; null when nobody is signed in. */
	coins: () => number | null;
	clock: ServerClock;
	/** More coins are needed than there are. */
	ontopup: () => void;
}

/** What a viewer is about to say: as chat, as a cheer, or (at the paid desk) as a paid message. */
export class Speech {
	text = $state('');
	sending = $state(false);
	problem = $state.raw<Explanation | null>(null);
	readonly paid: PaidDesk;

	readonly #hooks: SpeechHooks;
	/** By the server's clock: nothing can be said before. */
	#turn_ms = $state(0);

	constructor(hooks: SpeechHooks) {
		this.#hooks = hooks;
		this.paid = new PaidDesk(hooks);
	}

	/** What the cheer marks in the text cost; 0 for plain chat. */
	get cost(): number {
		return cheerCoins(this.text, offers.marks);
	}

	/** Coins missing for the cheer. */
	get short(): number {
		const coins = this.#hooks.coins();
		return coins === null ? 0 : Math.max(0, this.cost - coins);
	}

	/** Seconds until it is one's turn in slow mode. */
	get wait_s(): number {
		if (this.#turn_ms === 0) return 0;
		void seconds.tick;
		return Math.max(0, Math.ceil((this.#turn_ms - this.#hooks.clock.now_ms) / 1000));
	}

	/** Why nothing can be said now; null when it can. */
	get silenced(): string | null {
		const you = this.#hooks.board()?.you;
		if (!you) return null;
		if (you.banned) return 'You are banned from the chat here';
		if (!you.muted_until) return null;
		void seconds.tick;
		const left_s = Math.ceil(this.#hooks.clock.left_ms(you.muted_until) / 1000);
		if (left_s <= 0) return null;
		return `You are muted for ${left_s > 90 ? `${Math.ceil(left_s / 60)} min` : `${left_s} s`}`;
	}

	/** True when it is in the log; what was refused stays in the field. */
	async send(): Promise<boolean> {
		const typed = this.text;
		const text = typed.trim();
		if (!text || this.sending) return false;
		this.problem = null;
		if (this.short > 0) {
			this.#hooks.ontopup();
			return false;
		}
		this.sending = true;
		try {
			await this.#say(text, this.cost);
			this.text = typedSince(typed, this.text);
			this.#waitForTurn(this.#hooks.board()?.rules?.slow_mode_s ?? 0);
			return true;
		} catch (thrown) {
			this.#refused(Refusal.from(thrown));
			return false;
		} finally {
			this.sending = false;
		}
	}

	stop(): void {
		this.paid.close();
	}

	#say(text: string, coins: number): Promise<unknown> {
		if (coins === 0) return this.#hooks.chat(text);
		return withRightClock(() => this.#hooks.cheer(uuidv7(), text, coins));
	}

	#waitForTurn(wait_s: number): void {
		const role = this.#hooks.board()?.you?.role;
		const exempt = role === 'creator' || role === 'moderator';
		if (wait_s > 0 && !exempt) this.#turn_ms = this.#hooks.clock.now_ms + wait_s * 1000;
	}

	#refused(refusal: Refusal): void {
		this.problem = explain(refusal);
		if (refusal.code === 'slow_mode') this.#waitForTurn(refusal.figure('retry_after_s') ?? 0);
		if (refusal.code === 'cheer_changed') void offers.load(true);
		if (refusal.code === 'insufficient_coins') this.#hooks.ontopup();
	}
}
