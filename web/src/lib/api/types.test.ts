import { expectTypeOf, it } from 'vitest';
import { api, type Answer } from './client';
import type * as Shapes from './types';

// svelte-check reads this file: a shape that lost its type (`any`, `never`) fails `npm run check`.
it('keeps the shapes of the API typed', () => {
	expectTypeOf<Shapes.Wallet['coins_total']>().toEqualTypeOf<number>();
	expectTypeOf<Shapes.Wallet['budget']['monthly_coins']>().toEqualTypeOf<number | null>();
	expectTypeOf<Shapes.Order['total']>().toEqualTypeOf<{ amount_minor: number; currency: string }>();
	expectTypeOf<Shapes.Receipt['milli_diamonds']>().toEqualTypeOf<number>();
	expectTypeOf<Shapes.GiftType['slug']>().toEqualTypeOf<string>();
	expectTypeOf<Shapes.Earnings['days'][number]['milli_diamonds']>().toEqualTypeOf<number>();
	expectTypeOf<Extract<Shapes.RoomEvent, { type: 'chat' }>['text']>().toEqualTypeOf<
		string | null
	>();
	expectTypeOf<Answer<'/v1/auth/session', 'delete'>>().toEqualTypeOf<undefined>();
});

it('checks what is sent', () => {
	const calls = [
		() => api.get('/v1/wallet'),
		// @ts-expect-error There is no such call.
		() => api.get('/v1/nothing'),
		// @ts-expect-error The body is missing.
		() => api.put('/v1/wallet/budget'),
		// @ts-expect-error The field has another name.
		() => api.put('/v1/wallet/budget', { body: { coins: 1 } })
	];
	expectTypeOf(calls).toBeArray();
});
