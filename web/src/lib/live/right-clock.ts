import { correctClock } from '$lib/api';
import { Refusal } from './refusal';

/** An id of another time was refused unspent: once more, under one made by the server's clock. */
export async function withRightClock<Answer>(send: () => Promise<Answer>): Promise<Answer> {
	try {
		return await send();
	} catch (thrown) {
		const refusal = Refusal.from(thrown);
		const mayRepeat = refusal.code === 'gift_id_out_of_time';
		if (!mayRepeat || !correctClock(refusal.figures['server_time'])) throw thrown;
		return await send();
	}
}
