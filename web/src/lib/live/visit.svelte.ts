import { api, Problem, session, uuidv7, type Stream } from '$lib/api';
import { Announcer } from './announcer.svelte';
import { catalogue } from './catalogue.svelte';
import { explain } from './explain';
import { Follow } from './follow.svelte';
import { GiftDesk } from './gift-desk.svelte';
import { GiftQueue } from './gift-queue.svelte';
import { Refusal } from './refusal';
import { LiveRoom } from './room.svelte';

/** A viewer's stay in one room: the room itself, what is on stage, and the desk where gifts are chosen. */
export class Visit {
	readonly id: string;
	readonly room: LiveRoom;
	readonly queue = new GiftQueue({
		lasts_ms: (id) => catalogue.find(id)?.animation.duration_ms
	});
	readonly announcer = new Announcer();
	readonly follow = new Follow();
	readonly desk: GiftDesk;
	readonly catalogue = catalogue;
	/** The stream as the API tells it: there before the socket has said a word. */
	stream = $state.raw<Stream | null>(null);
	problem = $state.raw<Problem | null>(null);

	constructor(id: string) {
		this.id = id;
		this.room = new LiveRoom(id, {
			onwallet: (wallet) => session.setWallet(wallet),
			onevent: (event) => {
				if (event.type !== 'gift') return;
				this.queue.push(event);
				this.announcer.push(event);
			}
		});
		this.desk = new GiftDesk({
			give: (request) => this.room.sendGift(request),
			catalogue,
			coins: () => session.wallet?.coins_total ?? null,
			onsent: (gift) => {
				// A gift that takes the stage should be seen by its sender too.
				if (gift.animation.kind === 'stage') this.desk.close();
			}
		});
	}

	get creator() {
		return this.room.creator ?? this.stream?.creator ?? null;
	}
	get title(): string {
		return this.room.title || (this.stream?.title ?? '');
	}
	get ended(): boolean {
		return this.room.ended || this.stream?.state === 'ended';
	}
	get gifting(): boolean {
		return this.room.joined ? this.room.gifting : (this.stream?.gifting ?? false);
	}
	get viewers(): number {
		return this.room.joined ? this.room.viewers : (this.stream?.viewers ?? 0);
	}
	get own(): boolean {
		return session.user !== null && session.user.id === this.creator?.id;
	}

	async start(): Promise<void> {
		void catalogue.load();
		try {
			const stream = await api.get('/v1/streams/{id}', { params: { path: { id: this.id } } });
			this.stream = stream;
			this.room.start();
			await this.follow.load(stream.creator.id);
		} catch (thrown) {
			if (!this.stream) this.problem = Problem.from(thrown);
		}
	}

	stop(): void {
		this.room.stop();
		this.queue.clear();
		this.announcer.stop();
		this.desk.close();
	}

	/** Null when the line is in the log, otherwise why not. */
	async say(text: string): Promise<string | null> {
		try {
			await this.room.sendChat(uuidv7(), text);
			return null;
		} catch (thrown) {
			const refusal = Refusal.from(thrown);
			return refusal.code === 'too_fast' ? explain(refusal).text : refusal.detail;
		}
	}

	/** The curtain falls for everybody. */
	async end(): Promise<void> {
		this.stream = await api.post('/v1/streams/{id}/end', { params: { path: { id: this.id } } });
	}
}
