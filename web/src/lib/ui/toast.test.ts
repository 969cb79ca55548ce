import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Toasts } from './toast.svelte';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

const titles = (toasts: Toasts) => toasts.items.map((item) => item.title);

it('goes away by itself', () => {
	const toasts = new Toasts();
	toasts.good('Saved');
	vi.advanceTimersByTime(5_900);
	expect(titles(toasts)).toEqual(['Saved']);
	vi.advanceTimersByTime(200);
	expect(titles(toasts)).toEqual([]);
});

it('stays while somebody reads it', () => {
	const toasts = new Toasts();
	const id = toasts.bad('Not sent');
	toasts.hold(id);
	vi.advanceTimersByTime(60_000);
	expect(titles(toasts)).toEqual(['Not sent']);
	toasts.resume(id);
	vi.advanceTimersByTime(6_100);
	expect(titles(toasts)).toEqual([]);
});

it('shows at most three, the newest', () => {
	const toasts = new Toasts();
	for (const title of ['one', 'two', 'three', 'four']) toasts.good(title);
	expect(titles(toasts)).toEqual(['two', 'three', 'four']);
});
