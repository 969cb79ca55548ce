import { MediaQuery } from 'svelte/reactivity';

export type ThemeChoice = 'system' | 'dark' | 'light';

// static/theme.js reads the same key before the first paint.
const KEY = 'largesse-theme';

function remembered(): ThemeChoice {
	try {
		const value = localStorage.getItem(KEY);
		return value === 'dark' || value === 'light' ? value : 'system';
	} catch {
		return 'system';
	}
}

export class Theme {
	choice = $state<ThemeChoice>(remembered());
	#system = new MediaQuery('(prefers-color-scheme: light)');

	get dark(): boolean {
		return this.choice === 'system' ? !this.#system.current : this.choice === 'dark';
	}

	set(choice: ThemeChoice): void {
		this.choice = choice;
		const { dataset } = document.documentElement;
		if (choice === 'system') delete dataset.theme;
		else dataset.theme = choice;
		try {
			if (choice === 'system') localStorage.removeItem(KEY);
			else localStorage.setItem(KEY, choice);
		} catch {
			// Storage can be blocked; the choice then lasts as long as the page.
		}
	}

	toggle(): void {
		this.set(this.dark ? 'light' : 'dark');
	}
}

export const theme = new Theme();
