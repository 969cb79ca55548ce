import { api, Problem } from '$lib/api';
import type { LoggedEvent } from '$lib/live/protocol';
import type { WaitingAlert } from '../types';

const LOOK_EVERY_MS = 3000;

/** Alerts of the live stream that wait for the creator; the server knows them, here they are looked up again and again. */
export class Waiting {
	items = $state.raw<readonly WaitingAlert[]>([]);
	live = $state(true);
	problem = $state.raw<Problem | null>(null);
	/** The alert that is being decided about. */
	busy = $state<number | null>(null);

	readonly #id: string;
	#roomId: string | null = null;
	#reached = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#running = false;

	constructor(overlayId: string) {
		this.#id = overlayId;
	}

	start(): void {
		this.#running = true;
		void this.#look();
	}

	stop(): void {
		this.#running = false;
		clearTimeout(this.#timer);
	}

	/** Show it, or leave it out. Somebody else may have decided already: then it is gone as well. */
	async decide({ room_id, event }: WaitingAlert, deed: 'approve' | 'skip'): Promise<void> {
		const { seq } = event as LoggedEvent;
		if (this.busy !== null) return;
		this.busy = seq;
		this.problem = null;
		const init = { params: { path: { id: this.#id, seq } }, body: { room_id } };
		try {
			await (deed === 'approve'
				? api.post('/v1/creator/overlays/{id}/alerts/{seq}/approve', init)
				: api.post('/v1/creator/overlays/{id}/alerts/{seq}/skip', init));
			this.#forget(seq);
		} catch (thrown) {
			this.problem = Problem.from(thrown);
			if (this.problem.status === 404 || this.problem.status === 409) this.#forget(seq);
		} finally {
			this.busy = null;
		}
	}

	#forget(gone: number): void {
		this.items = this.items.filter(({ event }) => event.seq !== gone);
	}

	async #look(): Promise<void> {
		let more = false;
		try {
			const params = { path: { id: this.#id }, query: { after: this.#reached } };
			const found = await api.get('/v1/creator/overlays/{id}/alerts', { params });
			if (found.room_id !== this.#roomId) {
				const again = this.#roomId !== null || this.#reached > 0;
				this.#roomId = found.room_id;
				this.#reached = 0;
				this.items = [];
				more = again;
			}
			if (!more) {
				const known = new Set(this.items.map(({ event }) => event.seq));
				const fresh = found.items.filter(({ event }) => !known.has(event.seq));
				this.items = [...this.items, ...fresh];
				this.#reached = found.reached_seq;
				more = found.more;
			}
			this.live = found.room_id !== null;
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		}
		if (this.#running) this.#timer = setTimeout(() => this.#look(), more ? 0 : LOOK_EVERY_MS);
	}
}
