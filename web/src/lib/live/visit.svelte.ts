import { api, Problem, session, uuidv7, type Stream } from '$lib/api';
import { Announcer } from './announcer.svelte';
import { catalogue } from './catalogue.svelte';
import { Follow } from './follow.svelte';
import { GiftDesk } from './gift-desk.svelte';
import { GiftQueue } from './gift-queue.svelte';
import { Moments } from './moments.svelte';
import { offers } from './offers.svelte';
import type { Playback, RoomEvent } from './protocol';
import { LiveRoom } from './room.svelte';
import { Speech } from './speech.svelte';
import { Stewards } from './stewards.svelte';

/** A viewer's stay in one room: the room itself, what is on stage, and the desk where gifts are chosen. */
export class Visit {
	readonly id: string;
	readonly room: LiveRoom;
	readonly queue = new GiftQueue({
		lasts_ms: (id) => catalogue.find(id)?.animation.duration_ms
	});
	readonly moments: Moments;
	readonly announcer = new Announcer();
	readonly follow = new Follow();
	readonly desk: GiftDesk;
	readonly speech: Speech;
	readonly stewards: Stewards;
	readonly catalogue = catalogue;
	/** The stream as the API tells it: there before the socket has said a word. */
	stream = $state.raw<Stream | null>(null);
	problem = $state.raw<Problem | null>(null);

	/** Whoever has gone opens no socket any more. */
	#left = false;

	constructor(id: string) {
		this.id = id;
		this.moments = new Moments(id);
		this.room = new LiveRoom(id, {
			me: () => session.user?.id ?? null,
			onwallet: (wallet) => session.setWallet(wallet),
			onevent: (event) => this.#happened(event)
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
		this.speech = new Speech({
			chat: (text) => this.room.sendChat(uuidv7(), text),
			pay: (...message) => this.room.sendPaidMessage(...message),
			cheer: (...message) => this.room.sendCheer(...message),
			board: () => this.room.board,
			coins: () => session.wallet?.coins_total ?? null,
			clock: this.room.clock,
			ontopup: () => (this.desk.topUp = true)
		});
		this.stewards = new Stewards(id);
	}

	get creator() {
		return this.room.board?.creator ?? this.stream?.creator ?? null;
	}
	get title(): string {
		return this.room.board?.title ?? this.stream?.title ?? '';
	}
	/** Where the picture comes from. */
	get playback(): Playback | null {
		if (this.ended) return null;
		return (this.room.board ? this.room.board.playback : this.stream?.playback) ?? null;
	}
	get ended(): boolean {
		return this.room.ended || this.stream?.state === 'ended';
	}
	get gifting(): boolean {
		return (this.room.joined ? this.room.board?.gifting : this.stream?.gifting) ?? false;
	}
	get viewers(): number {
		return (this.room.joined ? this.room.board?.viewers : this.stream?.viewers) ?? 0;
	}
	get own(): boolean {
		return session.user !== null && session.user.id === this.creator?.id;
	}
	/** May remove messages and mute or ban people here. */
	get moderates(): boolean {
		const role = this.room.board?.you?.role;
		return role === 'moderator' || role === 'creator';
	}

	async start(): Promise<void> {
		void catalogue.load();
		void offers.load();
		try {
			const stream = await api.get('/v1/streams/{id}', { params: { path: { id: this.id } } });
			if (this.#left) return;
			this.stream = stream;
			this.room.start();
			await this.follow.load(stream.creator.id);
		} catch (thrown) {
			if (this.stream || this.#left) return;
			const problem = Problem.from(thrown);
			// The socket knows whether there is no such room, or one that is not for everybody.
			if (problem.code === 'stream_not_found') this.room.start();
			else this.problem = problem;
		}
	}

	stop(): void {
		this.#left = true;
		this.room.stop();
		this.queue.clear();
		this.moments.clear();
		this.announcer.stop();
		this.speech.stop();
		this.desk.close();
	}

	/** The curtain falls for everybody. */
	async end(): Promise<void> {
		this.stream = await api.post('/v1/streams/{id}/end', { params: { path: { id: this.id } } });
	}

	#happened(event: RoomEvent): void {
		if (event.type === 'gift') this.queue.push(event);
		if (event.type === 'streak') this.queue.total(event.total);
		if (event.type === 'streak_end') this.queue.finish(event.total);
		this.moments.take(event);
		this.announcer.push(event);
	}
}
