import type { IconName } from '$lib/ui';
import { session } from '$lib/api';
import type { Line } from './feed';
import { isNobody } from './protocol';
import { inWords } from './time-left';
import type { Visit } from './visit.svelte';

export interface LineAction {
	id: string;
	label: string;
	icon: IconName;
	/** Beside others of its kind, under one heading. */
	short?: string;
	/** Takes something from somebody. */
	grave?: boolean;
	/** Said when it is done. */
	done: string;
	run: (words: string) => Promise<unknown>;
}

const MUTES = [
	{ minutes: 1, short: '1 min' },
	{ minutes: 10, short: '10 min' },
	{ minutes: 60, short: '1 hour' }
];

type Around = Pick<Visit, 'moderates' | 'own' | 'creator' | 'stewards' | 'ended'>;

/** What the one who looks can do with a line; nothing where there is no menu. */
export function actionsFor(line: Line, around: Around): LineAction[] {
	if (line.type === 'thanks') return [];
	return [
		...thanking(line, around),
		...(around.moderates ? [...withWords(line, around), ...withPerson(line, around)] : [])
	];
}

function thanking(line: Exclude<Line, { type: 'thanks' }>, around: Around): LineAction[] {
	if (!around.own || around.ended || line.type === 'chat') return [];
	const run = (words: string) => around.stewards.thank(line.seq, words);
	const label = `Thank ${line.sender.display_name}`;
	return [{ id: 'thank', label, icon: 'heart', done: 'Thanked', run }];
}

function withWords(
	line: Exclude<Line, { type: 'thanks' }>,
	{ stewards, ended }: Around
): LineAction[] {
	const held = line.type === 'paid_message' && line.state === 'held';
	const actions: LineAction[] = [];
	if (held)
		actions.push({
			id: 'approve',
			label: 'Show it',
			icon: 'check',
			done: 'Shown to everybody',
			run: () => stewards.approve(line.seq)
		});
	const words = line.type === 'gift' ? line.message : line.text;
	if (words && line.type !== 'gift' && !ended)
		actions.push({
			id: 'pin',
			label: 'Pin on top',
			icon: 'pin',
			done: 'Pinned',
			run: () => stewards.pin(line.seq)
		});
	if (words || held)
		actions.push({
			id: 'remove',
			label: 'Remove the message',
			icon: 'trash',
			grave: true,
			done: 'Removed',
			run: () => stewards.remove(line.type === 'gift' ? (line.wordsSeq ?? line.seq) : line.seq)
		});
	return actions;
}

function withPerson(
	line: Exclude<Line, { type: 'thanks' }>,
	{ creator, own, stewards }: Around
): LineAction[] {
	const { sender } = line;
	const beyond = sender.id === creator?.id || sender.id === session.user?.id || isNobody(sender);
	if (beyond) return [];
	return [
		...MUTES.map(({ minutes, short }) => ({
			id: `mute-${minutes}`,
			label: `Mute for ${inWords(minutes * 60)}`,
			short,
			icon: 'mute' as const,
			done: `${sender.display_name} is muted`,
			run: () => stewards.mute(sender.id, minutes * 60)
		})),
		...(own
			? [
					{
						id: 'appoint',
						label: `Make ${sender.display_name} a moderator`,
						icon: 'shield' as const,
						done: `${sender.display_name} is a moderator now`,
						run: () => stewards.appoint(sender.id)
					}
				]
			: []),
		{
			id: 'ban',
			label: `Ban ${sender.display_name}`,
			icon: 'ban',
			grave: true,
			done: `${sender.display_name} is banned`,
			run: () => stewards.ban(sender.id)
		}
	];
}
