import { tick } from 'svelte';

/** After an answer that refuses fields: put the caret into the first of them. */
export async function focusFirstInvalid(form: HTMLFormElement | undefined): Promise<void> {
	await tick();
	form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
