import type { Goal, GiftEvent, LoggedEvent, SaidMark, StreakTotal } from '$lib/live/protocol';
import type { AlertKind, AlertSettings, AlertSpeech, AlertVariation } from './types';

/** One thing that the alert box shows; a streak is one that grows. */
export interface Alert {
	key: string;
	kind: AlertKind;
	name: string;
	/** Who it is from; null: nobody. */
	sender: string | null;
	/** Of the gift whose drawing is shown. */
	slug: string | null;
	gift: string;
	count: number;
	/** Null: it cost nobody anything (a goal was reached). */
	coins: number | null;
	message: string;
	/** Of the tier of a paid message or cheer, as #rrggbb. */
	color: string | null;
	/** Of a cheer. */
	marks: readonly SaidMark[];
	/** Still growing: it stays on screen until its streak ends. */
	open: boolean;
	/** Numbers in the room's log that it stands for. */
	seqs: readonly number[];
	roomId: string;
	/** The number of its approval. */
	approval: number | null;
	/** Grows with each beat, so that the count can jump. */
	beats: number;
}

type Source = Pick<Alert, 'roomId'> & Partial<Pick<Alert, 'approval'>>;

/** What an event shows by itself; null: nothing. A beat of a streak shows the streak. */
export function alertOf(event: LoggedEvent, source: Source): Alert | null {
	const base = {
		key: `${source.roomId}:${event.seq}`,
		sender: null,
		slug: null,
		gift: '',
		count: 1,
		message: '',
		color: null,
		marks: [],
		open: false,
		seqs: [event.seq],
		roomId: source.roomId,
		approval: source.approval ?? null,
		beats: 1
	};
	switch (event.type) {
		case 'gift':
			return giftAlert(event, base);
		case 'streak_end':
			return { ...base, ...streakParts(event.total), open: false };
		case 'paid_message':
		case 'cheer': {
			const hidden = event.type === 'paid_message' && event.state !== 'shown';
			if (hidden || event.text === null) return null;
			const { sender, coins, text } = event;
			return {
				...base,
				kind: event.type,
				name: sender.display_name,
				sender: sender.id,
				coins,
				message: text,
				color: event.color,
				marks: event.type === 'cheer' ? event.marks : []
			};
		}
		case 'goal':
			return event.goal.state === 'reached' ? { ...base, ...goalParts(event.goal) } : null;
		default:
			return null;
	}
}

type Base = Omit<Alert, 'kind' | 'name' | 'coins'>;

function giftAlert(event: GiftEvent, base: Base): Alert {
	return {
		...base,
		...(event.streak ? { key: streakKey(event.streak), open: true } : {}),
		kind: event.streak ? 'streak' : 'gift',
		name: event.sender.display_name,
		sender: event.sender.id,
		slug: event.gift.slug,
		gift: event.gift.name,
		count: event.count,
		coins: event.coins,
		message: event.message ?? ''
	};
}

export function streakKey(streak: string): string {
	return `streak:${streak}`;
}

/** What a streak's total says. */
export function streakParts(total: StreakTotal) {
	return {
		key: streakKey(total.streak),
		kind: 'streak' as const,
		name: total.sender.display_name,
		sender: total.sender.id,
		slug: total.gift.slug,
		gift: total.gift.name,
		count: total.count,
		coins: total.coins
	};
}

function goalParts(goal: Goal) {
	return { kind: 'goal' as const, name: '', coins: null, message: goal.title };
}

/** How an alert looks: of the variations that fit, the one that asks for most coins. Null: it is not shown. */
export function variationFor(
	settings: AlertSettings,
	{ kind, coins }: Pick<Alert, 'kind' | 'coins'>
): AlertVariation | null {
	if (coins !== null && coins < settings.coins_min) return null;
	let best: AlertVariation | null = null;
	for (const each of settings.variations) {
		if (!each.kinds.includes(kind) || (coins !== null && coins < each.coins_min)) continue;
		if (!best || each.coins_min > best.coins_min) best = each;
	}
	return best;
}

export type Piece = { name: 'text'; text: string } | { name: string; text: string };

/** A template in pieces, so that names and counts can be set off; what a viewer wrote is never read as a template. */
export function fillTemplate(template: string, alert: Alert, locale?: string): Piece[] {
	const number = new Intl.NumberFormat(locale);
	const values: Record<string, string> = {
		name: alert.name,
		count: number.format(alert.count),
		gift: alert.gift,
		coins: alert.coins === null ? '' : number.format(alert.coins),
		message: alert.message
	};
	return template
		.split(/(\{[a-z]+\})/)
		.filter((part) => part !== '')
		.map((part) => {
			const name = /^\{([a-z]+)\}$/.exec(part)?.[1];
			return name !== undefined && name in values
				? { name, text: values[name] ?? '' }
				: { name: 'text', text: part };
		});
}

export interface Spoken {
	text: string;
	language: string | null;
	rate: number;
	volume: number;
}

const ADDRESS = /\b(?:https?:\/\/|www\.)\S+/gi;
const MARK = /(\p{L}|\p{N}|[!?.])\1{4,}/gu;

/** What a voice reads of an alert: who, and what they wrote, cut at a word. Null: nothing. */
export function spokenOf(speech: AlertSpeech, alert: Alert): Spoken | null {
	if (!speech.enabled || alert.coins === null || alert.coins < speech.coins_min) return null;
	const said = alert.message.replace(ADDRESS, '').replace(MARK, '$1$1$1').trim();
	if (!said) return null;
	return {
		text: cutAtWord(`${alert.name}: ${said}`, alert.name.length + 2 + speech.characters_max),
		language: speech.language,
		rate: speech.rate_percent / 100,
		volume: speech.volume_percent / 100
	};
}

function cutAtWord(text: string, charactersMax: number): string {
	const characters = [...text];
	if (characters.length <= charactersMax) return text;
	const cut = characters.slice(0, charactersMax).join('');
	const space = cut.lastIndexOf(' ');
	return (space > cut.length / 2 ? cut.slice(0, space) : cut).trim();
}
