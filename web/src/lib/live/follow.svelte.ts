import { api, type Profile } from '$lib/api';

/** Whether the viewer follows a creator; the button answers at once and is put right by the server. */
export class Follow {
	following = $state(false);
	followers = $state<number | null>(null);
	#id: string | null = null;

	async load(creatorId: string): Promise<void> {
		if (this.#id === creatorId) return;
		this.#id = creatorId;
		this.#take(await api.get('/v1/users/{id}', { params: { path: { id: creatorId } } }));
	}

	async toggle(): Promise<void> {
		const id = this.#id;
		if (id === null) return;
		const before = this.following;
		this.following = !before;
		const path = { params: { path: { id } } };
		try {
			this.#take(
				before
					? await api.delete('/v1/users/{id}/follow', path)
					: await api.put('/v1/users/{id}/follow', path)
			);
		} catch (thrown) {
			this.following = before;
			throw thrown;
		}
	}

	#take({ following, followers }: Pick<Profile, 'following' | 'followers'>): void {
		this.following = following;
		this.followers = followers;
	}
}
