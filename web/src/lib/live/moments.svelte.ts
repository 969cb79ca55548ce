import type { BannerEvent, EntranceEvent, GoalEvent, RoomEvent, ThanksEvent } from './protocol';
import { Turns } from './turns.svelte';

export type Card = ThanksEvent | GoalEvent;

/** What is celebrated for a moment, beside the gifts: who came in, who was thanked, what was reached. */
export class Moments {
	readonly entrance = new Turns<EntranceEvent>({ stay_ms: 4000, waitingMax: 2, rest_ms: 6000 });
	/** Thanks and goals that were reached. */
	readonly card = new Turns<Card>({ stay_ms: 4500, waitingMax: 5 });
	readonly banner = new Turns<BannerEvent>({ stay_ms: 7000, waitingMax: 2, rest_ms: 1000 });
	readonly #roomId: string;

	constructor(roomId: string) {
		this.#roomId = roomId;
	}

	take(event: RoomEvent): void {
		if (event.type === 'entrance') this.entrance.push(event);
		if (event.type === 'thanks') this.card.push(event);
		if (event.type === 'goal' && event.goal.state === 'reached') this.card.push(event);
		// In its own room the gift itself takes the stage.
		if (event.type === 'banner' && event.stream_id !== this.#roomId) this.banner.push(event);
	}

	clear(): void {
		for (const turns of [this.entrance, this.card, this.banner]) turns.clear();
	}
}
