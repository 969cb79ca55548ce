import type { SaidMark } from './protocol';

/**
 * Cheer marks in a text, read by the server's grammar: a mark is a whole word, a name with a number right
 * behind it (`cheer100`), large letters as good as small ones, the number without leading zeros and of at
 * most nine digits. Every mark counts; the text costs the sum of its numbers. What both must find stands in
 * tests/messages/cheers.json.
 */
export interface Mark {
	name: string;
	coins: number;
}

export type Piece = { kind: 'text'; text: string } | ({ kind: 'mark' } & Mark);

const MARK = /^([a-z]+)([1-9][0-9]{0,8})$/i;

function readMark(word: string, names: readonly string[]): Mark | null {
	const found = MARK.exec(word);
	const name = found?.[1]?.toLowerCase();
	return name && names.includes(name) ? { name, coins: Number(found?.[2]) } : null;
}

/** The text in pieces, in order, with its blanks. */
export function cheerPieces(text: string, names: readonly string[]): Piece[] {
	const pieces: Piece[] = [];
	for (const word of text.split(/(\p{White_Space}+)/u)) {
		const mark = readMark(word, names);
		const last = pieces.at(-1);
		if (mark) pieces.push({ kind: 'mark', ...mark });
		else if (last?.kind === 'text') last.text += word;
		else if (word) pieces.push({ kind: 'text', text: word });
	}
	return pieces;
}

export type DrawnPiece = Piece & { color?: string };

/** The text of a cheer in pieces: its marks as the server found them at their time, whatever is offered today. */
export function drawnPieces(text: string, marks: readonly SaidMark[]): DrawnPiece[] {
	const names = marks.map(({ name }) => name);
	return cheerPieces(text, names).map((piece) => {
		if (piece.kind === 'text') return piece;
		const same = (mark: SaidMark) => mark.name === piece.name && mark.coins === piece.coins;
		return { ...piece, color: marks.find(same)?.color };
	});
}

/** What the marks of a text cost together, composed as the server does before it reads; 0 without marks. */
export function cheerCoins(text: string, names: readonly string[]): number {
	return cheerPieces(text.normalize('NFC'), names).reduce(
		(sum, piece) => sum + (piece.kind === 'mark' ? piece.coins : 0),
		0
	);
}

/** Marks that the word at the end of the text may become: none until two letters of a name are there. */
export function suggestions(text: string, names: readonly string[]): string[] {
	const word = /(\S+)$/u.exec(text)?.[1]?.toLowerCase() ?? '';
	if (word.length < 2 || !/^[a-z]+$/.test(word)) return [];
	return names.filter((name) => name.startsWith(word));
}

/** The text with its last, unfinished word made a mark. */
export function completed(text: string, name: string, coins: number): string {
	return `${text.replace(/\S*$/u, '')}${name}${coins} `;
}
