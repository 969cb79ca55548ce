import { api, Problem, session, type Post, type Receipt, type Supporter } from '$lib/api';
import { Announcer } from './announcer.svelte';
import { backoffMs } from './backoff';
import { catalogue } from './catalogue.svelte';
import { GiftDesk, type GiftRequest } from './gift-desk.svelte';
import { GiftQueue } from './gift-queue.svelte';
import type { GiftEvent } from './protocol';
import { Refusal } from './refusal';

const TRIES = 4;

/**
 * Send until there is an answer. The gift's id makes a second try safe: the server gives the answer
 * of the first one. Without any answer it is not known whether the gift was paid for.
 */
export async function giveOnce<Answer>(
	send: () => Promise<Answer>,
	wait: (delay_ms: number) => Promise<void> = (delay_ms) =>
		new Promise((done) => setTimeout(done, delay_ms))
): Promise<Answer> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await send();
		} catch (thrown) {
			const refusal = Refusal.from(thrown);
			const answered = refusal.code !== 'network' && !(Problem.from(thrown).status >= 502);
			if (answered) throw refusal;
			if (attempt + 1 >= TRIES) throw new Refusal('unanswered', refusal.detail);
			await wait(backoffMs(attempt));
		}
	}
}

/** A viewer's look at one post: gifts go over plain requests, there is no socket. */
export class PostVisit {
	readonly id: string;
	readonly queue = new GiftQueue({
		lasts_ms: (id) => catalogue.find(id)?.animation.duration_ms
	});
	readonly announcer = new Announcer();
	readonly desk: GiftDesk;
	readonly catalogue = catalogue;
	post = $state.raw<Post | null>(null);
	supporters = $state.raw<readonly Supporter[]>([]);
	problem = $state.raw<Problem | null>(null);

	#asked = 0;
	#shown = 0;

	constructor(id: string) {
		this.id = id;
		this.desk = new GiftDesk({
			give: (request) => this.#give(request),
			catalogue,
			coins: () => session.wallet?.coins_total ?? null,
			range: () => catalogue.postRange
		});
	}

	get own(): boolean {
		return session.user !== null && session.user.id === this.post?.creator.id;
	}

	/** Each gift asks anew: an answer that comes after a later one is older than what is shown. */
	async load(): Promise<void> {
		const turn = (this.#asked += 1);
		void catalogue.load();
		const path = { params: { path: { id: this.id } } };
		try {
			const [post, supporters] = await Promise.all([
				api.get('/v1/posts/{id}', path),
				api.get('/v1/posts/{id}/supporters', path)
			]);
			if (turn < this.#shown) return;
			this.#shown = turn;
			this.post = post;
			this.supporters = supporters.items;
		} catch (thrown) {
			// A refresh that fails leaves what is there.
			if (!this.post) this.problem = Problem.from(thrown);
		}
	}

	stop(): void {
		this.queue.clear();
		this.announcer.stop();
		this.desk.close();
	}

	async #give(request: GiftRequest): Promise<void> {
		const receipt = await giveOnce(() =>
			api.post('/v1/posts/{id}/gifts', {
				params: { path: { id: this.id } },
				body: { anonymous: false, ...request }
			})
		);
		session.setWallet(receipt.wallet);
		this.#show(receipt, request);
		void this.load();
	}

	#show(receipt: Receipt, request: GiftRequest): void {
		const user = session.user;
		const type = catalogue.find(receipt.gift.slug);
		if (!user || !type) return;
		const event: GiftEvent = {
			type: 'gift',
			seq: receipt.seq,
			at: receipt.created_at,
			id: receipt.id,
			sender: { id: user.id, display_name: user.display_name },
			gift: receipt.gift,
			animation_kind: type.animation.kind,
			count: receipt.count,
			coins: receipt.coins,
			milli_diamonds: receipt.milli_diamonds,
			streak: request.streak ?? null,
			message: request.message ?? null
		};
		this.queue.push(event);
		this.announcer.push(event);
	}
}
