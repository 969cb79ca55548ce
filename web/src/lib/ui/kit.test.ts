import { describe, expect, it } from 'vitest';
import { colours, initials, palette } from './avatar';
import { axisTicks, labelEvery } from './chart';
import { toCsv } from './csv';
import { activeHref } from './shell';
import { cellText, sortRows, type Column } from './table';

describe('table', () => {
	interface Row {
		name: string;
		milli: number | null;
	}
	const milli: Column<Row> = { key: 'milli', label: 'Diamonds', value: (row) => row.milli };
	const name: Column<Row> = { key: 'name', label: 'Name', value: (row) => row.name };
	const rows = [
		{ name: 'b10', milli: 9 },
		{ name: 'b9', milli: null },
		{ name: 'a', milli: 100 }
	];
	const order = (sorted: Row[]) => sorted.map((row) => row.name).join(' ');

	it('sorts figures as figures and keeps rows without one last', () => {
		expect(order(sortRows(rows, milli, 'asc'))).toBe('b10 a b9');
		expect(order(sortRows(rows, milli, 'desc'))).toBe('a b10 b9');
	});

	it('sorts names as people read them', () => {
		expect(order(sortRows(rows, name, 'asc'))).toBe('a b9 b10');
	});

	it('leaves the given rows alone', () => {
		sortRows(rows, name, 'asc');
		expect(order(rows)).toBe('b10 b9 a');
	});

	it('shows the text of a column that has one', () => {
		expect(cellText(rows[0]!, { ...milli, text: () => '0.009' })).toBe('0.009');
	});
});

describe('csv', () => {
	it('quotes what needs quotes', () => {
		expect(
			toCsv(
				['a', 'b'],
				[
					['say "hi"', 1],
					['x,y', null]
				]
			)
		).toBe('a,b\r\n"say ""hi""",1\r\n"x,y",\r\n');
	});

	it('never lets a name run as a formula, and leaves negative figures alone', () => {
		expect(toCsv(['n'], [['=1+1'], ['@cmd'], [-5]])).toBe("n\r\n'=1+1\r\n'@cmd\r\n-5\r\n");
	});
});

describe('chart axis', () => {
	it.each([
		[198, [0, 50, 100, 150, 200]],
		[128_250, [0, 50_000, 100_000, 150_000]],
		[3, [0, 1, 2, 3]],
		[1, [0, 1]],
		[0, [0, 1]]
	])('up to %i', (max, ticks) => {
		expect(axisTicks(max)).toEqual(ticks);
	});

	it('always reaches the highest bar', () => {
		for (let max = 1; max < 5000; max += 7)
			expect(axisTicks(max).at(-1)).toBeGreaterThanOrEqual(max);
	});

	it('skips labels that would touch', () => {
		expect(labelEvery(30, 1100, 60)).toBe(2);
		expect(labelEvery(3, 1100, 60)).toBe(1);
		expect(labelEvery(0, 0, 60)).toBe(1);
	});
});

describe('avatar', () => {
	it('takes the first and the last word', () => {
		expect(initials('Vera Viewer')).toBe('VV');
		expect(initials('  otto ')).toBe('O');
		expect(initials('nia_k')).toBe('NK');
		expect(initials('')).toBe('?');
	});

	it('gives everybody the same colours every time, and spreads them', () => {
		expect(colours('019a')).toBe(colours('019a'));
		const used = new Set(Array.from({ length: 200 }, (_, index) => colours(`user-${index}`)));
		expect(used.size).toBe(palette.length);
	});
});

describe('navigation', () => {
	const items = ['/', '/wallet', '/wallet/budget'].map((href) => ({
		href,
		label: href,
		icon: 'home' as const
	}));
	it('marks the longest address that leads to the page', () => {
		expect(activeHref(items, '/')).toBe('/');
		expect(activeHref(items, '/wallet/orders')).toBe('/wallet');
		expect(activeHref(items, '/wallet/budget')).toBe('/wallet/budget');
		expect(activeHref(items, '/wallets')).toBeUndefined();
	});
});
