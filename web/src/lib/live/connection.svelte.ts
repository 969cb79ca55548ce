import { backoffMs } from './backoff';
import { CLOSE, readFrame, type ClientFrame, type ServerFrame } from './protocol';

export type ConnectionStatus = 'connecting' | 'online' | 'offline';

/** The parts of a WebSocket that are used here, so that tests can play the server. */
export interface SocketLike {
	onopen: (() => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: { code: number }) => void) | null;
	send(data: string): void;
	close(code?: number): void;
}

export interface ConnectionHandlers {
	/** The socket is open: say hello. */
	onopen?: () => void;
	onframe: (frame: ServerFrame) => void;
	/** The server refused for good; no further try is made. */
	onrefused?: (code: number) => void;
	onlost?: () => void;
}

export interface ConnectionOptions {
	socket?: (url: string) => SocketLike;
	random?: () => number;
}

const PING_EVERY_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;
const FINAL_CODES: ReadonlySet<number> = new Set([
	CLOSE.UNAUTHENTICATED,
	CLOSE.NOT_ADMITTED,
	CLOSE.NOT_FOUND
]);
/** The second failed try in a row is worth telling the viewer about. */
const OFFLINE_AFTER_TRIES = 2;

/** A socket that comes back: reconnects with back-off, notices a dead line, stops when refused. */
export class Connection {
	status = $state<ConnectionStatus>('connecting');

	readonly #url: string;
	readonly #handlers: ConnectionHandlers;
	readonly #open: (url: string) => SocketLike;
	readonly #random: () => number;
	#socket: SocketLike | null = null;
	#attempt = 0;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#ping: ReturnType<typeof setInterval> | undefined;
	#deadline: ReturnType<typeof setTimeout> | undefined;
	#running = false;

	constructor(url: string, handlers: ConnectionHandlers, options: ConnectionOptions = {}) {
		this.#url = url;
		this.#handlers = handlers;
		this.#open = options.socket ?? ((address) => new WebSocket(address) as SocketLike);
		this.#random = options.random ?? Math.random;
	}

	start(): void {
		if (this.#running) return;
		this.#running = true;
		window.addEventListener('online', this.#hurry);
		window.addEventListener('offline', this.#away);
		document.addEventListener('visibilitychange', this.#hurry);
		this.#connect();
	}

	stop(): void {
		if (!this.#running) return;
		this.#running = false;
		window.removeEventListener('online', this.#hurry);
		window.removeEventListener('offline', this.#away);
		document.removeEventListener('visibilitychange', this.#hurry);
		clearTimeout(this.#retry);
		this.#drop();
	}

	/** Whether the frame went out on an open line. */
	send(frame: ClientFrame): boolean {
		if (!this.#socket) return false;
		try {
			this.#socket.send(JSON.stringify(frame));
			return true;
		} catch {
			return false;
		}
	}

	/** The greeting is done: the line works. */
	ready(): void {
		this.#attempt = 0;
		this.status = 'online';
	}

	/** Drop the line and come back at once (a hole in the sequence, another account). */
	restart(): void {
		if (!this.#running) return;
		clearTimeout(this.#retry);
		this.#drop();
		this.#handlers.onlost?.();
		this.status = 'connecting';
		this.#later(backoffMs(this.#attempt++, this.#random) / 2);
	}

	#connect(): void {
		const socket = this.#open(this.#url);
		this.#socket = socket;
		socket.onopen = () => {
			this.#watch();
			this.#handlers.onopen?.();
		};
		socket.onmessage = ({ data }) => {
			clearTimeout(this.#deadline);
			this.#deadline = undefined;
			const frame = readFrame(data);
			if (frame && frame.op !== 'pong') this.#handlers.onframe(frame);
		};
		socket.onclose = ({ code }) => this.#closed(code);
	}

	#closed(code: number): void {
		this.#drop();
		if (!this.#running) return;
		this.#handlers.onlost?.();
		if (FINAL_CODES.has(code)) {
			this.status = 'offline';
			this.stop();
			this.#handlers.onrefused?.(code);
			return;
		}
		if (code === CLOSE.TOO_MANY) this.#attempt = Math.max(this.#attempt, 4);
		this.status =
			this.#attempt >= OFFLINE_AFTER_TRIES || !navigator.onLine ? 'offline' : 'connecting';
		this.#later(backoffMs(this.#attempt++, this.#random));
	}

	#later(delay_ms: number): void {
		clearTimeout(this.#retry);
		this.#retry = setTimeout(() => {
			this.#retry = undefined;
			this.#connect();
		}, delay_ms);
	}

	#watch(): void {
		clearInterval(this.#ping);
		this.#ping = setInterval(() => {
			this.send({ op: 'ping' });
			this.#deadline ??= setTimeout(() => this.#closed(0), ANSWER_WITHIN_MS);
		}, PING_EVERY_MS);
	}

	#drop(): void {
		clearInterval(this.#ping);
		clearTimeout(this.#deadline);
		this.#deadline = undefined;
		const socket = this.#socket;
		this.#socket = null;
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
	}

	/** Back in sight or back on the network: do not sit out a long wait. */
	readonly #hurry = (): void => {
		if (this.#retry === undefined || document.visibilityState === 'hidden') return;
		this.#later(0);
	};

	readonly #away = (): void => {
		if (this.status !== 'online') this.status = 'offline';
	};
}

/** The address of one of our sockets, from where the page was loaded. */
export function socketUrl(path: string, base: Location | URL = location): string {
	return `${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}${path}`;
}
