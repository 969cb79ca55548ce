export interface ToastInput {
	tone?: 'good' | 'bad' | 'info';
	title: string;
	text?: string;
	action?: { label: string; onclick: () => void };
	seconds?: number;
}

export interface Toast extends ToastInput {
	id: number;
	tone: 'good' | 'bad' | 'info';
}

const SHOWN_MAX = 3;
const DEFAULT_S = 6;

export class Toasts {
	items = $state<Toast[]>([]);
	#next = 1;
	#timers = new Map<number, ReturnType<typeof setTimeout>>();

	show(input: ToastInput): number {
		const toast: Toast = { tone: 'info', ...input, id: this.#next++ };
		this.items.push(toast);
		while (this.items.length > SHOWN_MAX) this.dismiss(this.items[0]!.id);
		this.resume(toast.id);
		return toast.id;
	}

	good(title: string, text?: string): number {
		return this.show({ tone: 'good', title, text });
	}

	bad(title: string, text?: string): number {
		return this.show({ tone: 'bad', title, text });
	}

	problem(problem: { title: string; detail?: string }): number {
		return this.bad(problem.title, problem.detail);
	}

	/** While a pointer or the keyboard is on a toast it stays. */
	hold(id: number): void {
		clearTimeout(this.#timers.get(id));
		this.#timers.delete(id);
	}

	resume(id: number): void {
		const toast = this.items.find((item) => item.id === id);
		if (!toast) return;
		this.hold(id);
		const milliseconds = (toast.seconds ?? DEFAULT_S) * 1000;
		this.#timers.set(
			id,
			setTimeout(() => this.dismiss(id), milliseconds)
		);
	}

	dismiss(id: number): void {
		this.hold(id);
		this.items = this.items.filter((item) => item.id !== id);
	}
}

export const toasts = new Toasts();
