import type { SocketLike } from './connection.svelte';
import type { ChatEvent, ClientFrame, GiftEvent, RoomState, ServerFrame } from './protocol';

/** A socket whose other end is the test. */
export class TestSocket implements SocketLike {
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;
	readonly sent: ClientFrame[] = [];
	closed = false;

	send(data: string): void {
		this.sent.push(JSON.parse(data) as ClientFrame);
	}
	close(): void {
		this.closed = true;
	}
	say(frame: ServerFrame): void {
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
	fail(code = 1006): void {
		this.onclose?.({ code });
	}
	sentOf<Op extends ClientFrame['op']>(op: Op): Extract<ClientFrame, { op: Op }>[] {
		return this.sent.filter((frame): frame is Extract<ClientFrame, { op: Op }> => frame.op === op);
	}
}

/** Hands out sockets and remembers them in order. */
export function socketFactory() {
	const sockets: TestSocket[] = [];
	return {
		sockets,
		open: () => {
			const socket = new TestSocket();
			sockets.push(socket);
			return socket;
		},
		get latest(): TestSocket {
			const socket = sockets.at(-1);
			if (!socket) throw new Error('no socket was opened');
			return socket;
		}
	};
}

const AT = '2026-01-02T03:04:05Z';

export function chat(seq: number, text = `line ${seq}`): ChatEvent {
	return {
		type: 'chat',
		seq,
		at: AT,
		id: `chat-${seq}`,
		sender: { id: 'ada', display_name: 'Ada' },
		text
	};
}

export function gift(seq: number, more: Partial<GiftEvent> = {}): GiftEvent {
	return {
		type: 'gift',
		seq,
		at: AT,
		id: `gift-${seq}`,
		sender: { id: 'ada', display_name: 'Ada' },
		gift: { id: 'g-rose', version: 1, slug: 'rose', name: 'Rose' },
		animation_kind: 'hop',
		count: 1,
		coins: 1,
		milli_diamonds: 500,
		streak: null,
		message: null,
		...more
	};
}

export function room(more: Partial<RoomState> = {}): RoomState {
	return {
		id: 'room-1',
		kind: 'stream',
		title: 'Evening songs',
		creator: { id: 'cleo', display_name: 'Cleo' },
		state: 'live',
		gifting: true,
		viewers: 3,
		supporters: [],
		recent: [],
		...more
	};
}
