import type { Problem, Stream, Visibility } from '$lib/api';
import type { NewStream } from './studio.svelte';

interface Filled {
	title: string;
	visibility: Visibility;
	playback?: Stream['playback'];
}

/** What a stream is called, whom it is for and where its picture comes from, while it is being written. */
export class StreamForm {
	title = $state('');
	visibility = $state<Visibility>('public');
	hls_url = $state('');
	whep_url = $state('');
	/** Sent once: from then on it says what is missing. */
	tried = $state(false);

	constructor(filled?: Filled) {
		if (filled) this.fill(filled);
	}

	fill({ title, visibility, playback }: Filled): void {
		this.title = title;
		this.visibility = visibility;
		this.hls_url = playback?.hls_url ?? '';
		this.whep_url = playback?.whep_url ?? '';
	}

	get titleError(): string | undefined {
		return this.tried && !this.title.trim() ? 'Say what it is about.' : undefined;
	}

	/** The body of a request; null while something is missing. */
	wanted(): NewStream | null {
		this.tried = true;
		const title = this.title.trim();
		if (!title) return null;
		return { title, visibility: this.visibility, playback: this.playback() };
	}

	playback(): NewStream['playback'] {
		const [hls_url, whep_url] = [this.hls_url.trim() || null, this.whep_url.trim() || null];
		return hls_url || whep_url ? { hls_url, whep_url } : null;
	}
}

/** What the server says against an address of the form. */
export function addressError(problem: Problem | null, name: 'hls_url' | 'whep_url') {
	return problem?.fields[`playback.${name}`];
}

export const DOORS: { value: Visibility; label: string }[] = [
	{ value: 'public', label: 'Everybody' },
	{ value: 'followers', label: 'My followers' },
	{ value: 'invited', label: 'People I invite' }
];
