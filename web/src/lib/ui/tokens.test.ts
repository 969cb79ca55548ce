import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { palette } from './avatar';

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8');

type Tokens = Record<string, string>;

function block(selector: string): Tokens {
	const start = css.indexOf(`${selector} {`);
	if (start < 0) throw new Error(`no ${selector} in tokens.css`);
	const body = css.slice(start, css.indexOf('}', start));
	return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1], m[2]]));
}

const dark = block(":root[data-theme='dark']");
const light = block(":root[data-theme='light']");
const system = block(":root:not([data-theme='dark'])");

function luminance(hex: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const value = parseInt(hex.slice(at, at + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one = '', two = ''): number {
	const [low = 0, high = 0] = [luminance(one), luminance(two)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

const surfaces = ['ink', 'surface', 'raised'];
const texts = ['text', 'quiet', 'coin-text', 'rose-text', 'diamond', 'good', 'warn', 'bad'];
const onFills = [
	['on-rose', 'rose'],
	['on-rose', 'rose-hover'],
	['on-bad', 'bad']
];

describe.each([
	['dark', dark],
	['light', light]
])('%s theme', (_name, theme) => {
	it.each(texts)('%s reads on every surface', (text) => {
		for (const surface of surfaces) {
			expect(contrast(theme[text], theme[surface]), `${text} on ${surface}`).toBeGreaterThan(4.5);
		}
	});

	it.each(onFills)('%s reads on %s', (text, fill) => {
		expect(contrast(theme[text], theme[fill])).toBeGreaterThan(4.5);
	});

	it('draws control borders, fills and the focus ring strongly enough to see', () => {
		for (const surface of surfaces) {
			for (const mark of ['control', 'coin', 'focus']) {
				expect(contrast(theme[mark], theme[surface]), `${mark} on ${surface}`).toBeGreaterThan(3);
			}
		}
	});
});

it('has one light theme, whether the system or the hand chose it', () => {
	expect(system).toEqual(light);
	expect(Object.keys(light).sort()).toEqual(Object.keys(dark).sort());
});

it('keeps white letters readable on every avatar', () => {
	for (const colour of palette.flat())
		expect(contrast('#ffffff', colour), colour).toBeGreaterThan(4.5);
});
