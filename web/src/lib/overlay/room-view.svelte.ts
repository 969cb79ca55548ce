import type {
	Goal,
	LoggedEvent,
	RoomEvent,
	RoomState,
	SaidMark,
	Supporter
} from '$lib/live/protocol';

/** One line of the chat or the ticker. */
export interface Line {
	key: string;
	seq: number;
	kind: 'chat' | 'paid_message' | 'cheer' | 'gift';
	name: string;
	sender: string;
	/** Null: removed, or not let through yet. */
	text: string | null;
	coins: number;
	/** Of the tier of a paid message or cheer, as #rrggbb. */
	color: string | null;
	/** Of a cheer. */
	marks: readonly SaidMark[];
	slug: string | null;
	gift: string;
	count: number;
	/** When it came, by this page's clock, in ms. */
	at_ms: number;
}

const LINES_MAX = 100;

/** What the overlays beside the alert box show of a room. */
export class RoomView {
	supporters = $state.raw<readonly Supporter[]>([]);
	goals = $state.raw<readonly Goal[]>([]);
	/** The oldest first. */
	lines = $state.raw<readonly Line[]>([]);

	enter(room: RoomState): void {
		this.supporters = room.supporters;
		this.goals = room.goals;
		this.lines = [];
		for (const event of room.recent) if (event.seq !== null) this.take(event);
	}

	leave(): void {
		this.supporters = [];
		this.goals = [];
		this.lines = [];
	}

	/** Anything that happens in the room. */
	take(event: RoomEvent): void {
		switch (event.type) {
			case 'supporters':
				this.supporters = event.items;
				break;
			case 'goal':
			case 'goal_progress':
				this.#goal(event.goal);
				break;
			case 'chat':
			case 'paid_message':
			case 'cheer':
			case 'gift':
				this.#line(event);
				break;
			case 'moderation':
				this.#moderated(event);
		}
	}

	#goal(goal: Goal): void {
		const known = this.goals.some(({ id }) => id === goal.id);
		const goals = known
			? this.goals.map((each) => (each.id === goal.id ? goal : each))
			: [...this.goals, goal];
		this.goals = goals.filter(({ state }) => state !== 'cancelled');
	}

	#line(event: Extract<LoggedEvent, { type: Line['kind'] }>): void {
		const now_ms = Date.now();
		const paid = event.type === 'chat' ? 0 : event.coins;
		const gift = event.type === 'gift' ? event : null;
		const line: Line = {
			key: event.id,
			seq: event.seq,
			kind: event.type,
			name: event.sender.display_name,
			sender: event.sender.id,
			text: event.type === 'gift' ? (event.message ?? '') : event.text,
			coins: paid,
			color: event.type === 'paid_message' || event.type === 'cheer' ? event.color : null,
			marks: event.type === 'cheer' ? event.marks : [],
			slug: gift?.gift.slug ?? null,
			gift: gift?.gift.name ?? '',
			count: gift?.count ?? 0,
			at_ms: Math.min(now_ms, Date.parse(event.at) || now_ms)
		};
		this.lines = [...this.lines.filter(({ key }) => key !== line.key), line].slice(-LINES_MAX);
	}

	#moderated(event: Extract<LoggedEvent, { type: 'moderation' }>): void {
		const { action, target_seq: target, user } = event;
		if (action === 'ban' && user)
			this.lines = this.lines.filter(({ sender }) => sender !== user.id);
		else if (action === 'remove') this.lines = this.lines.filter(({ seq }) => seq !== target);
		else if (action === 'approve') {
			const text = event.text ?? null;
			this.lines = this.lines.map((line) => (line.seq === target ? { ...line, text } : line));
		}
	}
}
