import { createRawSnippet, flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import Button from './Button.svelte';
import Diamonds from './Diamonds.svelte';
import ErrorState from './ErrorState.svelte';
import ProgressBar from './ProgressBar.svelte';
import Tabs from './Tabs.svelte';
import TextInput from './TextInput.svelte';

const mounted: object[] = [];

function show<Props extends Record<string, unknown>>(part: Component<Props>, props: Props) {
	mounted.push(mount(part, { target: document.body, props }));
	flushSync();
	return document.body;
}

afterEach(async () => {
	for (const part of mounted.splice(0)) await unmount(part);
	document.body.replaceChildren();
});

const words = (text: string) => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

describe('Button', () => {
	it('says why it is off, stays reachable and does nothing', () => {
		const onclick = vi.fn();
		const reason = 'You need 40 more coins.';
		const body = show(Button, { disabled: true, reason, onclick, children: words('Send') });
		const button = body.querySelector('button')!;
		button.click();
		expect(onclick).not.toHaveBeenCalled();
		expect(button.disabled).toBe(false);
		expect(button.getAttribute('aria-disabled')).toBe('true');
		const why = document.getElementById(button.getAttribute('aria-describedby')!);
		expect(why?.textContent).toBe(reason);
	});

	it('cannot be pressed twice while it loads', () => {
		const onclick = vi.fn();
		const body = show(Button, { loading: true, onclick, children: words('Pay') });
		body.querySelector('button')!.click();
		expect(onclick).not.toHaveBeenCalled();
	});

	it('is a link when it leads somewhere, and a button when it is off', () => {
		const body = show(Button, { href: '/wallet', children: words('Wallet') });
		expect(body.querySelector('a')?.getAttribute('href')).toBe('/wallet');
		document.body.replaceChildren();
		show(Button, { href: '/wallet', disabled: true, children: words('Wallet') });
		expect(body.querySelector('a')).toBeNull();
	});
});

it('Tabs follow the arrow keys around the end', () => {
	const body = show(Tabs, {
		label: 'Earnings',
		items: [
			{ id: 'a', label: 'A' },
			{ id: 'b', label: 'B' }
		]
	});
	const [first, second] = body.querySelectorAll<HTMLElement>('[role=tab]');
	const press = (key: string) => {
		document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
		flushSync();
	};
	first!.focus();
	press('ArrowRight');
	expect(second!.getAttribute('aria-selected')).toBe('true');
	expect(document.activeElement).toBe(second);
	expect(first!.tabIndex).toBe(-1);
	press('ArrowRight');
	expect(first!.getAttribute('aria-selected')).toBe('true');
});

it('TextInput ties its label and its error to the input', () => {
	const body = show(TextInput, { label: 'Email', error: 'Not an address.' });
	const input = body.querySelector('input')!;
	expect(body.querySelector('label')?.htmlFor).toBe(input.id);
	expect(input.getAttribute('aria-invalid')).toBe('true');
	const error = document.getElementById(input.getAttribute('aria-describedby')!);
	expect(error?.textContent).toContain('Not an address.');
});

it('Diamonds reads out its unit', () => {
	expect(show(Diamonds, { milli: 1000 }).textContent?.trim()).toMatch(/^1\sdiamond$/);
});

it('ErrorState promises that nothing was charged only when told so', () => {
	const problem = { title: 'Declined', code: 'payment_declined' };
	expect(show(ErrorState, { problem }).textContent).not.toContain('charged');
	show(ErrorState, { problem, nothingCharged: true });
	expect(document.body.textContent).toContain('Nothing was charged.');
});

it('ProgressBar never says more than its end', () => {
	const body = show(ProgressBar, { value: 1284, max: 1000, label: 'Followers' });
	expect(body.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('1000');
});
