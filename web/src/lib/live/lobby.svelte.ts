import { api, Problem, type Demo, type Post, type Stream } from '$lib/api';

const REFRESH_MS = 20_000;

/** What the home page shows: who is live, what was posted, and in demo mode who one can be. */
export class Lobby {
	streams = $state.raw<readonly Stream[] | null>(null);
	posts = $state.raw<readonly Post[] | null>(null);
	demo = $state.raw<Demo['users']>([]);
	problem = $state.raw<Problem | null>(null);
	#timer: ReturnType<typeof setInterval> | undefined;

	/** Load now and keep the live rooms fresh while the page is looked at. */
	start(): void {
		void this.load();
		void this.#loadDemo();
		this.#timer = setInterval(() => {
			if (document.visibilityState === 'visible') void this.load();
		}, REFRESH_MS);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	async load(): Promise<void> {
		try {
			const [streams, posts] = await Promise.all([api.get('/v1/streams'), api.get('/v1/posts')]);
			this.streams = streams.items;
			this.posts = posts.items;
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		}
	}

	async #loadDemo(): Promise<void> {
		try {
			const { enabled, users } = await api.get('/v1/demo');
			this.demo = enabled ? users : [];
		} catch {
			// Without the list there is still the ordinary way in.
			this.demo = [];
		}
	}
}
