import { api, Problem, session, uuidv7, type Order } from '$lib/api';
import { isOpen } from './order-text';

const LOOK_AGAIN_MS = [400, 700, 1000, 1500, 2000, 3000];

/** One purchase from choosing a package to coins in the wallet. */
export class Purchase {
	order = $state.raw<Order | null>(null);
	problem = $state.raw<Problem | null>(null);
	starting = $state(false);

	/** Make the order. A second click meets the same key and so the same order. */
	async start(packageId: string, provider: string, country: string, returnPath: string | null) {
		if (this.starting) return;
		const wanted = `${packageId} ${provider} ${country}`;
		if (this.#wanted !== wanted) [this.#wanted, this.#key] = [wanted, uuidv7()];
		this.starting = true;
		this.problem = null;
		try {
			this.order = await api.post('/v1/orders', {
				body: { package_id: packageId, provider, country, return_path: returnPath },
				idempotencyKey: this.#key
			});
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		} finally {
			this.starting = false;
		}
	}

	/** Follow an order until it has ended or nobody looks any more; the wallet is fetched when coins came. */
	async follow(id: string, signal: AbortSignal): Promise<void> {
		for (let round = 0; !signal.aborted; round += 1) {
			try {
				const order = await api.get('/v1/orders/{id}', { params: { path: { id } }, signal });
				this.order = order;
				this.problem = null;
				if (order.state === 'credited') await session.refreshWallet();
				if (!isOpen(order.state)) return;
			} catch (thrown) {
				if (signal.aborted) return;
				this.problem = Problem.from(thrown);
				if (this.problem.status !== 0) return;
			}
			await pause(LOOK_AGAIN_MS[Math.min(round, LOOK_AGAIN_MS.length - 1)] ?? 3000, signal);
		}
	}

	/** Forget the order, so that another can be made. */
	reset(): void {
		this.order = null;
		this.problem = null;
		this.#wanted = '';
	}

	#wanted = '';
	#key = '';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
	});
}

/** The id of the sandbox checkout that an address leads to; null for an outside provider's page. */
export function sandboxCheckoutId(checkoutUrl: string | null, origin: string): string | null {
	if (!checkoutUrl) return null;
	const url = new URL(checkoutUrl, origin);
	const found = /^\/sandbox\/checkout\/([^/]+)$/.exec(url.pathname);
	return url.origin === origin && found ? (found[1] ?? null) : null;
}
