import { api, Problem, uuidv7 } from '$lib/api';
import { isRunning, type Refund, type RefundOffer } from './refunds';

const LOOK_AGAIN_MS = [500, 700, 1000, 1500, 2000, 3000];
/** A refund that takes days: the page shows its end, without asking all the time. */
const LOOK_SELDOM_MS = 15_000;
const LOOKS_SOON = 20;

/** The refunds of one order, and what of it may still be given back. */
export class Refunding {
	offer = $state.raw<RefundOffer | null>(null);
	refunds = $state.raw<Refund[]>([]);
	/** Why nothing could be fetched; what was fetched before stays. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last request was refused. */
	refused = $state.raw<Problem | null>(null);
	asking = $state(false);
	/** How often it was looked at. */
	looks = $state(0);
	readonly running = $derived(this.refunds.some(isRunning));

	constructor(orderId: string) {
		this.#orderId = orderId;
	}

	/** Two looks may be under way: what an earlier one finds after the later is older than what is shown. */
	async look(): Promise<void> {
		const turn = (this.#turn += 1);
		const params = { path: { id: this.#orderId } };
		try {
			const [offer, made] = await Promise.all([
				api.get('/v1/orders/{id}/refund', { params }),
				api.get('/v1/orders/{id}/refunds', { params })
			]);
			if (turn < this.#shown) return;
			this.#shown = turn;
			[this.offer, this.refunds, this.problem] = [offer, made.items, null];
		} catch (thrown) {
			if (turn > this.#shown) this.problem = Problem.from(thrown);
		} finally {
			this.looks += 1;
		}
	}

	/** Ask for what was offered. Pressed again after a lost answer it meets the same key, and so the same refund. */
	async ask(coins: number): Promise<boolean> {
		if (this.asking) return false;
		if (this.#wanted !== coins) [this.#wanted, this.#key] = [coins, uuidv7()];
		this.asking = true;
		this.refused = null;
		try {
			await api.post('/v1/orders/{id}/refund', {
				params: { path: { id: this.#orderId } },
				body: { coins },
				idempotencyKey: this.#key
			});
			this.#wanted = null; // as many coins once more are another refund
			return true;
		} catch (thrown) {
			this.refused = Problem.from(thrown);
			return false;
		} finally {
			this.asking = false;
		}
	}

	/** How long to wait before looking again at a refund that runs. */
	pauseMs(): number {
		if (this.looks > LOOKS_SOON) return LOOK_SELDOM_MS;
		return LOOK_AGAIN_MS[Math.min(this.looks, LOOK_AGAIN_MS.length) - 1] ?? LOOK_SELDOM_MS;
	}

	#orderId: string;
	/** How many looks have begun, and which of them is shown. */
	#turn = 0;
	#shown = 0;
	#wanted: number | null = null;
	#key = '';
}
