import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { Overlay, SupportersSettings } from '../types';
import OverlayEditor from './OverlayEditor.svelte';
import { Overlays } from './overlays.svelte';

afterEach(() => vi.unstubAllGlobals());

/** Type into the field of a label. */
function type(label: string, text: string): HTMLInputElement {
	const found = [...document.querySelectorAll('label')].find((each) =>
		each.textContent?.includes(label)
	);
	const field = document.getElementById(found?.htmlFor ?? '') as HTMLInputElement;
	field.value = text;
	field.dispatchEvent(new Event('input', { bubbles: true }));
	flushSync();
	return field;
}

it('keeps what is changed while the overlay is being saved', async () => {
	const settings: SupportersSettings = {
		kind: 'supporters',
		title: 'Top supporters',
		places: 5,
		show_coins: true,
		accent: '#f2b84b',
		size: 'medium'
	};
	const overlay = { id: 'o', kind: 'supporters', name: 'Stage', settings } as Overlay;
	let answer: (() => void) | null = null;
	vi.stubGlobal('fetch', async (request: Request) => {
		if (request.method !== 'PUT') return Response.json({});
		const body = (await request.json()) as Pick<Overlay, 'name' | 'settings'>;
		await new Promise<void>((resolve) => (answer = resolve));
		return Response.json({ ...overlay, ...body });
	});
	const overlays = new Overlays();
	overlays.items = [overlay];
	const props = {
		overlays,
		get overlay() {
			return overlays.items![0]!;
		},
		ondeleted: () => {}
	};
	const editor = mount(OverlayEditor, { target: document.body, props });
	const title = type('Title', 'Thank you');
	document.querySelector('form')!.requestSubmit();
	const wait = 20_000;
	const answered = await vi.waitUntil(() => answer, wait);
	type('Title', 'Thank you all');
	answered();
	await vi.waitUntil(() => overlays.busy === null, wait);
	flushSync();
	expect(overlays.items[0]?.settings).toMatchObject({ title: 'Thank you' });
	expect(title.value).toBe('Thank you all');
	await unmount(editor);
});
