import { beforeEach, describe, expect, it } from 'vitest';
import { Marks } from './marks';
import { storedMemory, takePlace } from './memory';

describe('Marks', () => {
	it('counts up without gaps and keeps what is beyond one', () => {
		const marks = new Marks(5);
		marks.add([7, 8, 10]);
		expect([marks.floor, marks.has(6), marks.has(8), marks.has(9)]).toEqual([
			5,
			false,
			true,
			false
		]);
		marks.add([6]);
		expect(marks.floor).toBe(8);
		marks.add([9]);
		expect([marks.floor, JSON.stringify(marks)]).toEqual([10, '[10,[]]']);
	});
	it('stays small however much comes in order behind a gap', () => {
		const marks = new Marks(0);
		for (let seq = 2; seq < 5000; seq++) marks.add([seq]);
		expect(JSON.stringify(marks)).toBe('[0,[[2,4999]]]');
	});
	it('survives being stored, and rubbish', () => {
		const marks = new Marks(3, [[5, 6]]);
		expect(Marks.parse(JSON.parse(JSON.stringify(marks)))).toEqual(marks);
		expect(Marks.parse({ no: 1 })).toBe(null);
		expect(Marks.parse([1, [['a']]])?.floor).toBe(1);
	});
});

describe('storedMemory', () => {
	beforeEach(() => localStorage.clear());
	const open = (key = 'k') => storedMemory(key, () => localStorage);

	it('keeps the last rooms and the newest approval, by overlay', () => {
		const memory = open();
		for (let index = 0; index < 12; index++) memory.save(`room-${index}`, new Marks(index));
		memory.saveApproved(4);
		memory.saveApproved(2);
		expect(open().marks('room-11')?.floor).toBe(11);
		expect(open().marks('room-0')).toBe(null);
		expect([open().approved(), open('other').approved()]).toEqual([4, null]);
	});
	it('works without storage and with rubbish in it', () => {
		localStorage.setItem('k', '{"rooms":[1,["a"]],"approved":"x"}');
		expect([open().marks('a'), open().approved()]).toEqual([null, null]);
		const memory = storedMemory('k', () => {
			throw new Error('denied');
		});
		memory.save('room-1', new Marks(4));
		expect(memory.marks('room-1')?.floor).toBe(4);
	});
});

describe('takePlace', () => {
	it('gives every page of one overlay a memory of its own', async () => {
		const taken = new Set<string>();
		const locks = {
			request: (name: string, _: LockOptions, got: (lock: Lock | null) => unknown) => {
				const free = !taken.has(name);
				taken.add(name);
				got(free ? ({ name } as Lock) : null);
				return Promise.resolve();
			}
		} as unknown as LockManager;
		expect(await takePlace('a', locks)).toBe(0);
		expect(await takePlace('a', locks)).toBe(1);
		expect(await takePlace('b', locks)).toBe(0);
		expect(await takePlace('a', undefined)).toBe(0);
	});
});
