import { Marks } from './marks';

/** What one page of an overlay has shown, over reloads. */
export interface OverlayMemory {
	/** Of a room's log; null: this page has never seen the room. */
	marks(roomId: string): Marks | null;
	/** The number of the newest approval that was shown; null: none is known. */
	approved(): number | null;
	/** Keep it. */
	save(roomId: string, marks: Marks): void;
	saveApproved(no: number): void;
}

interface Stored {
	rooms: [string, unknown][];
	approved: number | null;
}

const ROOMS_MAX = 8;

/** Remembers in the browser's storage; without storage (a private window) only while it is open. */
export function storedMemory(key: string, storage: () => Storage): OverlayMemory {
	const stored = read(key, storage);
	let rooms = new Map<string, Marks>();
	for (const [id, value] of stored.rooms) {
		const marks = Marks.parse(value);
		if (marks) rooms.set(id, marks);
	}
	let approved = stored.approved;

	function write(): void {
		try {
			storage().setItem(key, JSON.stringify({ rooms: [...rooms], approved }));
		} catch {
			// No storage: a reload then starts from the present.
		}
	}

	return {
		marks: (roomId) => rooms.get(roomId) ?? null,
		approved: () => approved,
		save(roomId, marks) {
			rooms.delete(roomId);
			rooms = new Map([...rooms, [roomId, marks] as const].slice(-ROOMS_MAX));
			write();
		},
		saveApproved(no) {
			approved = Math.max(no, approved ?? 0);
			write();
		}
	};
}

function read(key: string, storage: () => Storage): Stored {
	try {
		const found: unknown = JSON.parse(storage().getItem(key) ?? '{}');
		if (typeof found !== 'object' || found === null) return { rooms: [], approved: null };
		const { rooms, approved } = found as Record<string, unknown>;
		return {
			rooms: Array.isArray(rooms)
				? rooms.filter(
						(each): each is [string, unknown] => Array.isArray(each) && typeof each[0] === 'string'
					)
				: [],
			approved: Number.isInteger(approved) ? (approved as number) : null
		};
	} catch {
		return { rooms: [], approved: null };
	}
}

const PLACES_MAX = 16;

/**
 * Which of several pages with one address this is: each holds the lowest free place as long as it is open, so that
 * every one remembers for itself, and a reload finds its own again. Where the browser has no locks all share one.
 */
export async function takePlace(
	overlayId: string,
	locks: LockManager | undefined = navigator.locks
): Promise<number> {
	for (let place = 0; locks && place < PLACES_MAX; place++) {
		if (await held(locks, `largesse.overlay.${overlayId}.${place}`)) return place;
	}
	return 0;
}

/** Whether the lock was free; it is let go when the page is closed. */
function held(locks: LockManager, name: string): Promise<boolean> {
	return new Promise((resolve) => {
		locks
			.request(name, { ifAvailable: true }, (lock) => {
				resolve(lock !== null);
				return lock === null ? undefined : new Promise<void>(() => {});
			})
			.catch(() => resolve(false));
	});
}

export function memoryKey(overlayId: string, place: number): string {
	return `largesse.overlay.${overlayId}.${place}`;
}
