import { api, Problem, type ChatRules } from '$lib/api';
import type { paths } from '$lib/api/schema';
import type { Option } from '$lib/ui';

export type RulesChange =
	paths['/v1/creator/chat-rules']['put']['requestBody']['content']['application/json'];

const PAUSES_S = [0, 3, 5, 10, 30, 60, 120, 300, 600];

/** The rules of one's chats: each change is sent by itself, and what was refused moves back. */
export class ChatKeeping {
	rules = $state.raw<ChatRules | null>(null);
	/** Why they could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Why the last change was refused. */
	refusal = $state.raw<Problem | null>(null);
	busy = $state(false);

	async load(): Promise<void> {
		try {
			this.rules = await api.get('/v1/creator/chat-rules');
			this.problem = null;
		} catch (thrown) {
			this.problem = Problem.from(thrown);
		}
	}

	/** One after the other, each made of what holds when its turn comes; true when it holds now. */
	change(change: (rules: ChatRules) => RulesChange): Promise<boolean> {
		const turn = this.#last.then(() => this.#send(change));
		this.#last = turn;
		return turn;
	}

	async #send(change: (rules: ChatRules) => RulesChange): Promise<boolean> {
		if (!this.rules) return false;
		this.busy = true;
		this.refusal = null;
		try {
			this.rules = await api.put('/v1/creator/chat-rules', { body: change(this.rules) });
			return true;
		} catch (thrown) {
			this.refusal = Problem.from(thrown);
			// The switch has moved already: told anew what holds, it moves back.
			this.rules = { ...this.rules };
			return false;
		} finally {
			this.busy = false;
		}
	}

	#last: Promise<unknown> = Promise.resolve();
}

/** "10 seconds", "2 minutes". */
export function pauseWords(pause_s: number): string {
	const [count, unit] =
		pause_s >= 60 && pause_s % 60 === 0 ? [pause_s / 60, 'minute'] : [pause_s, 'second'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The pauses of slow mode to choose from; one that was set in another way is among them. */
export function pauseOptions({ slow_mode_s, limits }: ChatRules): Option<number>[] {
	return [...new Set([...PAUSES_S, slow_mode_s])]
		.filter((pause_s) => pause_s <= limits.slow_mode_max_s)
		.toSorted((a, b) => a - b)
		.map((value) => ({ value, label: value ? `One message in ${pauseWords(value)}` : 'Off' }));
}

/** The words of a text: each line or comma begins another; each once, without those that are there already. */
export function newWords(text: string, words: readonly string[]): string[] {
	const typed = text.split(/[,\n]/).map((word) => word.normalize('NFC').trim());
	return [...new Set(typed)].filter((word) => word && !words.includes(word));
}
