import type { BannerEvent, EntranceEvent, Goal, RoomEvent, ThanksEvent } from './protocol';
import { Turns } from './turns.svelte';

/** What is celebrated for a moment, beside the gifts: who came in, who was thanked, what was reached. */
export class Moments {
	readonly entrance = new Turns<EntranceEvent>({ stay_ms: 4000, waitingMax: 2, rest_ms: 6000 });
	readonly thanks = new Turns<ThanksEvent>({ stay_ms: 4500 });
	readonly banner = new Turns<BannerEvent>({ stay_ms: 7000, waitingMax: 2, rest_ms: 1000 });
	readonly reached = new Turns<Goal>({ stay_ms: 5000 });
	readonly #roomId: string;

	constructor(roomId: string) {
		this.#roomId = roomId;
	}

	take(event: RoomEvent): void {
		if (event.type === 'entrance') this.entrance.push(event);
		if (event.type === 'thanks') this.thanks.push(event);
		if (event.type === 'goal' && event.goal.state === 'reached') this.reached.push(event.goal);
		// In its own room the gift itself takes the stage.
		if (event.type === 'banner' && event.stream_id !== this.#roomId) this.banner.push(event);
	}

	clear(): void {
		for (const turns of [this.entrance, this.thanks, this.banner, this.reached]) turns.clear();
	}
}
