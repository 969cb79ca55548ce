import { api } from './client';
import { CSRF_COOKIE, readCookie } from './cookies';
import { Problem } from './problem';
import type { Me, Wallet } from './types';

type Role = Me['roles'][number];

/** Somebody who gives without a pause changes the wallet faster than it can be asked for. */
const ROUNDS_MAX = 3;

/** Who is signed in, and what they hold: what the bar of every page shows. */
export class Session {
	user = $state.raw<Me | null>(null);
	wallet = $state.raw<Wallet | null>(null);
	status = $state<'unknown' | 'ready'>('unknown');

	/** Ask the server who we are. Without the cookie of a session there is nobody to ask about. */
	async load(): Promise<void> {
		try {
			if (readCookie(CSRF_COOKIE)) await this.#enter(await api.get('/v1/me'));
			else this.#leave();
		} catch (thrown) {
			if (Problem.from(thrown).status !== 401) throw thrown;
			this.#leave();
		} finally {
			this.status = 'ready';
		}
	}

	async signIn(email: string, password: string): Promise<Me> {
		const { user } = await api.post('/v1/auth/session', { body: { email, password } });
		await this.#enter(user);
		return user;
	}

	/** Demo mode only: enter as one of the demo users. */
	async signInDemo(email: string): Promise<Me> {
		const { user } = await api.post('/v1/demo/session', { body: { email } });
		await this.#enter(user);
		return user;
	}

	async signOut(): Promise<void> {
		try {
			await api.delete('/v1/auth/session');
		} catch (thrown) {
			// A session that has already ended is signed out too.
			if (Problem.from(thrown).status !== 401) throw thrown;
		}
		this.#leave();
	}

	/** Ask for the wallet. An answer that something newer may have overtaken is asked for once more. */
	async refreshWallet(): Promise<void> {
		const { user } = this;
		for (let round = 1; ; round += 1) {
			const told = this.#told;
			const wallet = await api.get('/v1/wallet');
			if (this.user !== user) return;
			if (told === this.#told || round === ROUNDS_MAX) return this.setWallet(wallet);
		}
	}

	/** The wallet as a receipt or the room's socket told it. */
	setWallet(wallet: Wallet): void {
		this.#told += 1;
		this.wallet = wallet;
	}

	is(role: Role): boolean {
		return this.user?.roles.includes(role) ?? false;
	}

	async #enter(user: Me): Promise<void> {
		this.user = user;
		this.status = 'ready';
		await this.refreshWallet();
	}

	#leave(): void {
		this.user = null;
		this.wallet = null;
	}

	/** How often we were told what is in the wallet. */
	#told = 0;
}

export const session = new Session();
