import type { SocketLike } from './connection.svelte';
import type {
	ChatEvent,
	ChatRules,
	CheerEvent,
	ClientFrame,
	GiftEvent,
	Goal,
	ModerationEvent,
	PaidMessageEvent,
	RoomState,
	ServerFrame,
	StreakTotal
} from './protocol';

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

export const AT = '2026-01-02T03:04:05Z';

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

export const RULES: ChatRules = {
	slow_mode_s: 0,
	followers_only: false,
	links: false,
	hold_paid_messages: false
};

export function paid(seq: number, more: Partial<PaidMessageEvent> = {}): PaidMessageEvent {
	return {
		type: 'paid_message',
		seq,
		at: AT,
		id: `paid-${seq}`,
		sender: { id: 'ada', display_name: 'Ada' },
		coins: 100,
		milli_diamonds: 50_000,
		tier: 4,
		color: '#176200',
		pin_s: 300,
		pinned_until: '2026-01-02T03:09:05Z',
		state: 'shown',
		text: `paid ${seq}`,
		...more
	};
}

export function cheer(seq: number, more: Partial<CheerEvent> = {}): CheerEvent {
	return {
		type: 'cheer',
		seq,
		at: AT,
		id: `cheer-${seq}`,
		sender: { id: 'cy', display_name: 'Cy' },
		coins: 100,
		milli_diamonds: 50_000,
		tier: 2,
		color: '#7B3FE4',
		marks: [{ name: 'cheer', coins: 100, color: '#7B3FE4' }],
		text: 'cheer100 wow',
		...more
	};
}

export function moderation(
	seq: number,
	action: ModerationEvent['action'],
	more: Partial<ModerationEvent> = {}
): ModerationEvent {
	return {
		type: 'moderation',
		seq,
		at: AT,
		action,
		by: { id: 'cleo', display_name: 'Cleo' },
		...more
	};
}

export function total(more: Partial<StreakTotal> = {}): StreakTotal {
	return {
		streak: 'streak-1',
		sender: { id: 'ada', display_name: 'Ada' },
		gift: { id: 'g-rose', version: 1, slug: 'rose', name: 'Rose' },
		animation_kind: 'hop',
		gifts: 1,
		count: 1,
		coins: 1,
		milli_diamonds: 500,
		...more
	};
}

export function goal(more: Partial<Goal> = {}): Goal {
	return {
		id: 'goal-1',
		title: 'A new song',
		parts: [{ id: 'part-1', gift: null, target: 100, progress: 0 }],
		state: 'open',
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
		streaks: [],
		pinned: [],
		pinned_max: 50,
		pin: null,
		goals: [],
		chat_rules: RULES,
		playback: null,
		...more
	};
}
