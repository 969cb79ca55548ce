import type { AckFrame, DeedFrame, ErrorFrame } from './protocol';
import { Refusal } from './refusal';

interface Pending {
	frame: DeedFrame;
	/** Whether the server may have it already. */
	sent: boolean;
	timer: ReturnType<typeof setTimeout>;
	resolve: (ack: AckFrame) => void;
	reject: (refusal: Refusal) => void;
}

/** A frame that never left is given up after this; it can have cost nothing. */
const UNSENT_PATIENCE_MS = 15_000;
/** A frame that left is asked about again after every reconnect, for this long. */
const UNANSWERED_PATIENCE_MS = 60_000;

/** Deeds and their answers: each is asked under its id until there is one, and done once. */
export class Asking {
	readonly #send: (frame: DeedFrame) => boolean;
	readonly #pending = new Map<string, Pending>();

	/** `send` tells whether the frame went out. */
	constructor(send: (frame: DeedFrame) => boolean) {
		this.#send = send;
	}

	/** How many wait for their answer. */
	get unanswered(): number {
		return this.#pending.size;
	}

	ask(frame: DeedFrame): Promise<AckFrame> {
		return new Promise((resolve, reject) => {
			const sent = this.#send(frame);
			const timer = this.#expire(frame.id, sent ? UNANSWERED_PATIENCE_MS : UNSENT_PATIENCE_MS);
			this.#pending.set(frame.id, { frame, sent, timer, resolve, reject });
		});
	}

	/** Whatever was not answered is asked again under its id; the server answers it once only. */
	askAgain(): void {
		for (const [id, pending] of this.#pending) {
			const first = !pending.sent;
			pending.sent = this.#send(pending.frame) || pending.sent;
			if (!first || !pending.sent) continue;
			clearTimeout(pending.timer);
			pending.timer = this.#expire(id, UNANSWERED_PATIENCE_MS);
		}
	}

	acked(ack: AckFrame): void {
		this.#settle(ack.id)?.resolve(ack);
	}

	errored({ op: _op, id, code, detail, ...figures }: ErrorFrame): void {
		if (id) this.#settle(id)?.reject(new Refusal(code, detail, figures));
	}

	rejectAll(refusal: Refusal): void {
		for (const pending of this.#pending.values()) {
			clearTimeout(pending.timer);
			pending.reject(refusal);
		}
		this.#pending.clear();
	}

	#expire(id: string, after_ms: number): ReturnType<typeof setTimeout> {
		return setTimeout(() => {
			const pending = this.#pending.get(id);
			if (!pending) return;
			this.#pending.delete(id);
			pending.reject(
				pending.sent
					? new Refusal('unanswered', 'The connection broke before the answer came.')
					: new Refusal('network', 'The server cannot be reached.')
			);
		}, after_ms);
	}

	#settle(id: string): Pending | undefined {
		const pending = this.#pending.get(id);
		if (!pending) return undefined;
		clearTimeout(pending.timer);
		this.#pending.delete(id);
		return pending;
	}
}
