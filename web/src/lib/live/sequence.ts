import { isLogged, type LoggedEvent, type RoomEvent } from './protocol';

/**
 * Puts a room's events in order and tells when one is missing.
 *
 * Events may arrive twice (replay after a reconnect) or early (two batches that overtake each other).
 * While catching up, up to the snapshot's seq, holes are taken as they come: the server keeps only the
 * newest events of a long absence. After that a hole holds later events back until it is filled.
 */
export class Sequence {
	last = 0;
	#live = 0;
	readonly #early = new Map<number, LoggedEvent>();

	/** Start from a snapshot. `from` is the last event already seen, when there is one. */
	reset(seq: number, from: number | null): void {
		this.#early.clear();
		this.last = from === null ? seq : Math.min(from, seq);
		this.#live = seq;
	}

	/** The events that are new and next, in order. */
	take(events: readonly LoggedEvent[]): LoggedEvent[] {
		for (const event of events) if (event.seq > this.last) this.#early.set(event.seq, event);
		const ready: LoggedEvent[] = [];
		for (const seq of [...this.#early.keys()].sort((a, b) => a - b)) {
			const next = seq === this.last + 1 || seq <= this.#live;
			const event = this.#early.get(seq);
			if (!next || !event) break;
			this.#early.delete(seq);
			this.last = seq;
			ready.push(event);
		}
		return ready;
	}

	/** Give up on everything up to `seq`; what waited behind it is next. */
	skipTo(seq: number): LoggedEvent[] {
		this.last = Math.max(this.last, seq);
		const waiting = [...this.#early.values()];
		this.#early.clear();
		return waiting;
	}

	/** True while a later event waits for a missing one. */
	get gap(): boolean {
		return this.#early.size > 0;
	}

	/** Whether an event was sent before the snapshot was taken (history, not news). */
	isReplay(seq: number): boolean {
		return seq <= this.#live;
	}
}

/**
 * What came, each moment after the events of the log that it followed: the last progress of a goal, drawn together
 * with the goal being reached, must not undo that. `fresh` are the events of the log that are next.
 */
export function inOrder(came: readonly RoomEvent[], fresh: readonly LoggedEvent[]): RoomEvent[] {
	const ordered: RoomEvent[] = [];
	const waiting = [...fresh];
	let upto = 0;
	for (const event of came) {
		if (isLogged(event)) {
			upto = Math.max(upto, event.seq);
			continue;
		}
		const later = waiting.findIndex(({ seq }) => seq > upto);
		ordered.push(...waiting.splice(0, later < 0 ? waiting.length : later), event);
	}
	return [...ordered, ...waiting];
}
