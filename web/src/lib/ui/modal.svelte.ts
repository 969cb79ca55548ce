import type { Attachment } from 'svelte/attachments';

const LEAVE_MS = 400;

interface ModalHooks {
	open: () => boolean;
	/** The dialog was closed, by code, by Esc, by the backdrop or by a drag. */
	closed: () => void;
}

/**
 * What Sheet and Dialog share. The browser's own modal dialog traps the focus, makes the rest of the
 * page inert and gives the focus back; this keeps `open` in step and the content alive while it leaves.
 */
export class Modal {
	#hooks: ModalHooks;
	#leaving = $state(false);
	#downOnBackdrop = false;

	constructor(hooks: ModalHooks) {
		this.#hooks = hooks;
	}

	get mounted(): boolean {
		return this.#hooks.open() || this.#leaving;
	}

	attach: Attachment<HTMLDialogElement> = (dialog) => {
		if (this.#hooks.open()) {
			if (!dialog.open) dialog.showModal();
		} else if (dialog.open) dialog.close();
	};

	onclose = (): void => {
		this.#leaving = true;
		setTimeout(() => (this.#leaving = false), LEAVE_MS);
		this.#hooks.closed();
	};

	onpointerdown = (event: PointerEvent): void => {
		this.#downOnBackdrop = event.target === event.currentTarget;
	};

	/** Only a press that began and ended on the backdrop closes: not a text selection that left the box. */
	onclick = (event: MouseEvent): void => {
		const dialog = event.currentTarget;
		if (this.#downOnBackdrop && event.target === dialog) (dialog as HTMLDialogElement).close();
	};
}
