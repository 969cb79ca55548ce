import { api, Problem, session, uuidv7, type Order } from '$lib/api';
import { isOpen, mayPay } from './order-text';
import type { Wish } from './types';

const LOOK_AGAIN_MS = [400, 700, 1000, 1500, 2000, 3000];
/** A payment that takes a while: the page stays open for it, without asking all the time. */
const LOOK_SELDOM_MS = 10_000;
const LOOKS_SOON = 30;

/** One purchase from choosing a package to coins in the wallet. */
export class Purchase {
	order = $state.raw<Order | null>(null);
	problem = $state.raw<Problem | null>(null);
	starting = $state(false);

	/**
	 * Make the order. A second click, or a try after no answer came, meets the same key and so the same order; once that
	 * order can no longer be paid, the next click makes a new one.
	 */
	async start(wish: Wish, provider: string, returnPath: string | null): Promise<void> {
		if (this.starting) return;
		const body = { ...wish, provider, return_path: returnPath };
		const wanted = JSON.stringify(body);
		if (this.#wanted !== wanted) [this.#wanted, this.#key] = [wanted, uuidv7()];
		this.starting = true;
		this.problem = null;
		try {
			let order = await this.#order(body);
			if (!mayPay(order)) {
				this.#key = uuidv7();
				order = await this.#order(body);
			}
			this.order = order;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		} finally {
			this.starting = false;
		}
	}

	#order(body: Wish & { provider: string; return_path: string | null }): Promise<Order> {
		return api.post('/v1/orders', { body, idempotencyKey: this.#key });
	}

	/** Follow an order until its coins are there or it failed; the wallet is fetched when coins came. */
	async follow(id: string, signal: AbortSignal): Promise<void> {
		await this.#follow(id, signal, false);
	}

	/** Follow an order for as long as somebody looks: refunds and late payments come after its end. */
	async watch(id: string, signal: AbortSignal): Promise<void> {
		await this.#follow(id, signal, true);
	}

	/** Show an order as it is now; where coins may have come or gone, the wallet is fetched too. */
	async take(order: Order): Promise<void> {
		if (this.order && isOlder(order, this.order)) return;
		this.order = order;
		this.problem = null;
		const end = `${order.id} ${order.state}`;
		if (isOpen(order.state) || this.#settled === end) return;
		await session.refreshWallet();
		this.#settled = end;
	}

	async #follow(id: string, signal: AbortSignal, forever: boolean): Promise<void> {
		for (let round = 0; !signal.aborted; round += 1) {
			try {
				await this.take(await api.get('/v1/orders/{id}', { params: { path: { id } }, signal }));
				if (!forever && this.order && !isOpen(this.order.state)) return;
			} catch (thrown) {
				if (signal.aborted) return;
				this.problem = Problem.from(thrown);
				if (this.problem.status !== 0) return;
			}
			await pause(this.#pauseMs(round), signal);
			await seen(signal);
		}
	}

	#pauseMs(round: number): number {
		if (round >= LOOKS_SOON || (this.order && !isOpen(this.order.state))) return LOOK_SELDOM_MS;
		return LOOK_AGAIN_MS[Math.min(round, LOOK_AGAIN_MS.length - 1)] ?? LOOK_SELDOM_MS;
	}

	/** Forget the order, so that another can be made. */
	reset(): void {
		this.order = null;
		this.problem = null;
		this.#wanted = '';
	}

	/** The end whose wallet was fetched. */
	#settled = '';
	#wanted = '';
	#key = '';
}

/** What was asked before the other came: an order's history only grows. */
function isOlder(order: Order, shown: Order): boolean {
	return order.id === shown.id && order.history.length < shown.history.length;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
	});
}

/** Until the page is in front again. */
function seen(signal: AbortSignal): Promise<void> {
	if (document.visibilityState === 'visible') return Promise.resolve();
	return new Promise((resolve) => {
		const look = () => {
			if (document.visibilityState !== 'visible' && !signal.aborted) return;
			document.removeEventListener('visibilitychange', look);
			resolve();
		};
		document.addEventListener('visibilitychange', look);
		signal.addEventListener('abort', look, { once: true });
	});
}

/** The id of the sandbox checkout that an address leads to; null for an outside provider's page. */
export function sandboxCheckoutId(checkoutUrl: string | null, origin: string): string | null {
	if (!checkoutUrl) return null;
	const url = new URL(checkoutUrl, origin);
	const found = /^\/sandbox\/checkout\/([^/]+)$/.exec(url.pathname);
	return url.origin === origin && found ? (found[1] ?? null) : null;
}
