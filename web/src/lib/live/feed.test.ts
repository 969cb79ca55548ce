import { expect, it } from 'vitest';
import { folded } from './feed';
import { chat, gift } from './testing';

it('makes one line of gifts that follow each other', () => {
	const bo = { sender: { id: 'bo', display_name: 'Bo' } };
	const lines = folded([
		gift(1),
		gift(2, { count: 4 }),
		gift(3, bo),
		chat(4),
		gift(5, bo),
		gift(6, { ...bo, message: 'for you' })
	]);
	expect(lines.map(({ id }) => id)).toEqual(['gift-1', 'gift-3', 'chat-4', 'gift-5', 'gift-6']);
	expect(lines[0]).toMatchObject({ count: 5 });
});
