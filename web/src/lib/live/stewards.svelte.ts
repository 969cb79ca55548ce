import { api, type Answer } from '$lib/api';

export type HeldMessage = Answer<'/v1/streams/{id}/held-messages'>['items'][number];

/** What the creator and the moderators of a room do: each call is one deed, safe to repeat. */
export class Stewards {
	readonly #id: string;

	constructor(streamId: string) {
		this.#id = streamId;
	}

	/** Paid messages that wait, the oldest first. */
	async held(): Promise<HeldMessage[]> {
		const page = await api.get('/v1/streams/{id}/held-messages', this.#room());
		return page.items;
	}

	remove(seq: number): Promise<unknown> {
		return api.post('/v1/streams/{id}/messages/{seq}/remove', this.#message(seq));
	}

	approve(seq: number): Promise<unknown> {
		return api.post('/v1/streams/{id}/messages/{seq}/approve', this.#message(seq));
	}

	pin(seq: number): Promise<unknown> {
		return api.post('/v1/streams/{id}/pins', { ...this.#room(), body: { seq } });
	}

	unpin(seq: number): Promise<unknown> {
		return api.delete('/v1/streams/{id}/pins/{seq}', this.#message(seq));
	}

	mute(userId: string, length_s: number): Promise<unknown> {
		return api.post('/v1/streams/{id}/mutes', {
			...this.#room(),
			body: { user_id: userId, seconds: length_s }
		});
	}

	ban(userId: string): Promise<unknown> {
		return api.post('/v1/streams/{id}/bans', { ...this.#room(), body: { user_id: userId } });
	}

	/** The creator's alone. */
	appoint(userId: string): Promise<unknown> {
		return api.put('/v1/creator/moderators/{user_id}', {
			params: { path: { user_id: userId } }
		});
	}

	thank(seq: number, text: string): Promise<unknown> {
		return api.post('/v1/streams/{id}/thanks', {
			...this.#room(),
			body: { seq, ...(text ? { text } : {}) }
		});
	}

	#room() {
		return { params: { path: { id: this.#id } } };
	}

	#message(seq: number) {
		return { params: { path: { id: this.#id, seq } } };
	}
}
