import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cheerCoins, cheerPieces, completed, drawnPieces, suggestions, type Mark } from './cheers';

interface Table {
	names: string[];
	cases: { about: string; text: string; parts: (string | Mark)[] }[];
	sent: { about: string; text: string; coins: number }[];
	drawn: { start: number; tokens: string[]; coins: number[] };
}

/** The server's tests read it too. */
const { names, cases, sent, drawn } = JSON.parse(
	readFileSync(`${import.meta.dirname}/../../../../tests/messages/cheers.json`, 'utf8')
) as Table;
const BLANKS = [' ', '\t', '\n', '\u00a0', '\u3000', '\u0085', '\u2028'];

function partsOf(text: string): (string | Mark)[] {
	return cheerPieces(text, names).map((piece) =>
		piece.kind === 'text' ? piece.text : { name: piece.name, coins: piece.coins }
	);
}

const marks = (parts: readonly (string | Mark)[]) =>
	parts.filter((each) => typeof each !== 'string');

describe('cheer marks', () => {
	it.each(cases)('$about', ({ text, parts }) => expect(partsOf(text)).toEqual(parts));

	it.each(sent)('costs what the server counts: $about', ({ text, coins }) => {
		expect(cheerCoins(text, names)).toBe(coins);
	});

	it('finds those of both in any two texts with a blank between', () => {
		for (const one of cases) {
			for (const [place, two] of cases.entries()) {
				const text = one.text + BLANKS[place % BLANKS.length] + two.text;
				expect(marks(partsOf(text)), text).toEqual(marks([...one.parts, ...two.parts]));
			}
		}
	});

	it('counts drawn texts as the server does', () => {
		let x = drawn.start;
		const draw = () => (x = (16807 * x) % (2 ** 31 - 1));
		const text = () =>
			Array.from({ length: 1 + (draw() % 8) }, () => drawn.tokens[draw() % drawn.tokens.length]);
		// As it comes from the server, which composes; the page composes what is typed before it counts.
		const coins = (said: string) =>
			marks(partsOf(said)).reduce((sum, mark) => sum + (mark as Mark).coins, 0);
		const found = drawn.coins.map(() =>
			Array.from({ length: 100 }, () => coins(text().join(''))).reduce((sum, each) => sum + each)
		);
		expect(found).toEqual(drawn.coins);
	});

	it('draws those of its own time, whatever is offered today', () => {
		const marks = [{ name: 'gone', coins: 5, color: '#112233' }];
		expect(drawnPieces('Gone5 cheer10 gone6', marks)).toEqual([
			{ kind: 'mark', name: 'gone', coins: 5, color: '#112233' },
			{ kind: 'text', text: ' cheer10 ' },
			{ kind: 'mark', name: 'gone', coins: 6, color: undefined }
		]);
		expect(drawnPieces('cheer10', [])).toEqual([{ kind: 'text', text: 'cheer10' }]);
	});

	it('suggests what the last word may become, and completes it', () => {
		expect(suggestions('you ch', names)).toEqual(['cheer']);
		expect(suggestions('you c', names)).toEqual([]);
		expect(suggestions('cheer ', names)).toEqual([]);
		expect(completed('you ch', 'cheer', 10)).toBe('you cheer10 ');
		expect(completed('', 'glow', 1)).toBe('glow1 ');
	});
});
