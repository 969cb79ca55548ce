import { api, Problem } from '$lib/api';
import type { AlertKind, Overlay, OverlayKind, OverlaySettings } from '../types';

type Busy = 'save' | 'rotate' | 'test' | 'create' | 'delete';

/** The creator's overlays, and what can be done with them. */
export class Overlays {
	items = $state.raw<readonly Overlay[] | null>(null);
	max = $state(0);
	/** Why they could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last action was refused. */
	refusal = $state.raw<Problem | null>(null);
	busy = $state<Busy | null>(null);

	async load(): Promise<void> {
		try {
			const { items, overlays_max } = await api.get('/v1/creator/overlays');
			this.items = items as Overlay[];
			this.max = overlays_max;
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		}
	}

	save(id: string, name: string, settings: OverlaySettings): Promise<Overlay | null> {
		return this.#do('save', async () => {
			const body = { name, settings };
			const changed = await api.put('/v1/creator/overlays/{id}', {
				params: { path: { id } },
				body
			});
			return this.#replace(changed as Overlay);
		});
	}

	rotate(id: string): Promise<Overlay | null> {
		return this.#do('rotate', async () => {
			const params = { path: { id } };
			const changed = await api.post('/v1/creator/overlays/{id}/rotate', { params });
			return this.#replace(changed as Overlay);
		});
	}

	create(kind: OverlayKind): Promise<Overlay | null> {
		return this.#do('create', async () => {
			const made = (await api.post('/v1/creator/overlays', { body: { kind } })) as Overlay;
			this.items = [...(this.items ?? []), made];
			return made;
		});
	}

	async remove(id: string): Promise<boolean> {
		const done = await this.#do('delete', async () => {
			await api.delete('/v1/creator/overlays/{id}', { params: { path: { id } } });
			this.items = (this.items ?? []).filter((each) => each.id !== id);
			return true;
		});
		return done === true;
	}

	async test(id: string, kind: AlertKind, coins: number): Promise<boolean> {
		const done = await this.#do('test', async () => {
			const params = { path: { id } };
			await api.post('/v1/creator/overlays/{id}/test', { params, body: { kind, coins } });
			return true;
		});
		return done === true;
	}

	#replace(changed: Overlay): Overlay {
		this.items = (this.items ?? []).map((each) => (each.id === changed.id ? changed : each));
		return changed;
	}

	/** Run one action; null when it did not work. A refusal is kept for the page to show. */
	async #do<Result>(name: Busy, action: () => Promise<Result>): Promise<Result | null> {
		if (this.busy) return null;
		this.busy = name;
		this.refusal = null;
		try {
			return await action();
		} catch (thrown) {
			this.refusal = Problem.from(thrown);
			return null;
		} finally {
			this.busy = null;
		}
	}
}
