import { expect, it } from 'vitest';
import { callsByTag, fieldsOf, typeText, type Document } from './openapi';

const document: Document = {
	info: { title: 'T', version: '1' },
	paths: {
		'/v1/orders': {
			post: { tags: ['top-ups'], responses: { '201': { description: 'made' } } },
			get: { tags: ['top-ups'], responses: {} }
		},
		'/healthz': { get: { responses: {} } }
	},
	components: {
		schemas: {
			Money: {
				required: ['amount_minor'],
				properties: { amount_minor: { type: 'integer' }, note: { type: 'string', maxLength: 5 } }
			}
		}
	}
};

it.each([
	[{ type: 'string', format: 'uuid' }, 'string (uuid)'],
	[{ $ref: '#/components/schemas/Money' }, 'Money'],
	[{ type: 'array', items: { $ref: '#/x/Order' } }, 'Order[]'],
	[{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer | null'],
	[{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
	[{ type: 'integer', minimum: 1, maximum: 100 }, 'integer 1…100'],
	[undefined, 'any']
])('writes %j as %s', (schema, text) => {
	expect(typeText(schema)).toBe(text);
});

it('groups calls by tag', () => {
	const groups = callsByTag(document);
	expect([...groups.keys()]).toEqual(['top-ups', 'other']);
	expect(groups.get('top-ups')?.map((call) => call.key)).toEqual([
		'post /v1/orders',
		'get /v1/orders'
	]);
});

it('lists the fields of a referenced body', () => {
	expect(fieldsOf({ $ref: '#/components/schemas/Money' }, document)).toEqual([
		{ name: 'amount_minor', type: 'integer', required: true, description: '' },
		{ name: 'note', type: 'string …5', required: false, description: '' }
	]);
});
