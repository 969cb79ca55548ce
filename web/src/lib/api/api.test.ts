import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api } from './client';
import { readCookie } from './cookies';
import { Problem } from './problem';
import { Session } from './session.svelte';
import type { Wallet } from './types';
import { correctClock, uuidv7 } from './uuid';

const sent: Request[] = [];
let answers: Response[] = [];

function json(body: unknown, status = 200, type = 'application/json') {
	return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

beforeEach(() => {
	sent.length = 0;
	answers = [];
	vi.stubGlobal('fetch', async (request: Request) => {
		sent.push(request);
		const answer = answers.shift();
		if (!answer) throw new TypeError('no network');
		return answer;
	});
	document.cookie = 'largesse_csrf=token%3D1; path=/';
});
afterEach(() => {
	vi.unstubAllGlobals();
	document.cookie = 'largesse_csrf=; path=/; max-age=0';
});

async function rejected(promise: Promise<unknown>): Promise<Problem> {
	const thrown: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason
	);
	expect(thrown).toBeInstanceOf(Problem);
	return thrown as Problem;
}

describe('api', () => {
	it('fills in the address and answers with the body', async () => {
		answers = [json({ id: 'o 1' })];
		const order = await api.get('/v1/orders/{id}', { params: { path: { id: 'o 1' } } });
		expect(order.id).toBe('o 1');
		expect(new URL(sent[0]!.url).pathname).toBe('/v1/orders/o%201');
	});

	it('proves itself on unsafe methods only', async () => {
		answers = [json({}), json({})];
		await api.get('/v1/wallet');
		await api.put('/v1/wallet/budget', { body: { monthly_coins: 500 } });
		expect(sent[0]!.headers.get('X-CSRF-Token')).toBeNull();
		expect(sent[1]!.headers.get('X-CSRF-Token')).toBe('token=1');
		expect(await sent[1]!.json()).toEqual({ monthly_coins: 500 });
	});

	it('names the device where something changes, the same each time', async () => {
		answers = [json({}), json({}), json({})];
		await api.get('/v1/wallet');
		for (let turn = 0; turn < 2; turn += 1) {
			await api.put('/v1/wallet/budget', { body: { monthly_coins: 500 } });
		}
		const [none, first, second] = sent.map((request) => request.headers.get('Largesse-Device'));
		expect(none).toBeNull();
		expect(first).toMatch(/^[A-Za-z0-9_-]{8,100}$/);
		expect(second).toBe(first);
	});

	it('sends the idempotency key', async () => {
		answers = [json({}, 201)];
		const body = { package_id: 'p', provider: 'sandbox', country: 'US' };
		await api.post('/v1/orders', { body, idempotencyKey: 'k1' });
		expect(sent[0]!.headers.get('Idempotency-Key')).toBe('k1');
	});

	it('answers nothing for 204', async () => {
		answers = [new Response(null, { status: 204 })];
		expect(await api.delete('/v1/auth/session')).toBeUndefined();
	});

	it('rejects with the problem of the server', async () => {
		const document = {
			title: 'Insufficient coins',
			code: 'insufficient_coins',
			detail: 'You need 40 more.',
			needed: 99
		};
		answers = [json(document, 409, 'application/problem+json')];
		const problem = await rejected(api.get('/v1/wallet'));
		expect(problem).toMatchObject({ status: 409, code: 'insufficient_coins' });
		expect(problem.detail).toBe('You need 40 more.');
		expect(problem.document.needed).toBe(99);
	});

	it('rejects with a problem when a proxy answers with a page', async () => {
		answers = [new Response('<h1>Bad gateway</h1>', { status: 502 })];
		expect(await rejected(api.get('/v1/wallet'))).toMatchObject({ status: 502, code: 'no_answer' });
	});

	it('rejects with a problem when nothing answers', async () => {
		expect(await rejected(api.get('/v1/wallet'))).toMatchObject({ status: 0, code: 'network' });
	});
});

it('Problem gives the first message of each field', () => {
	const errors = [
		{ field: 'email', message: 'too short' },
		{ field: 'email', message: 'no @' },
		{ field: 'country', message: 'unknown' },
		'odd'
	];
	const problem = new Problem(422, { code: 'validation_failed', errors });
	expect(problem.fields).toEqual({ email: 'too short', country: 'unknown' });
});

it('readCookie finds one among many, and not by its end', () => {
	expect(readCookie('b', 'a=1; b=x%20y=; cb=2')).toBe('x y=');
	expect(readCookie('missing', 'a=1')).toBeUndefined();
});

describe('uuidv7', () => {
	it('has the version, the variant and the time', () => {
		const now = Date.parse('2026-01-02T03:04:05.678Z');
		const id = uuidv7(now);
		expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
	});

	it('bears the time that the server told', () => {
		const made = () => parseInt(uuidv7().replaceAll('-', '').slice(0, 12), 16);
		expect(correctClock('tomorrow')).toBe(false);
		expect(correctClock(undefined)).toBe(false);
		expect(Math.abs(made() - Date.now())).toBeLessThan(60_000);
		const told = new Date(Date.now() + 7 * 24 * 3600_000).toISOString();
		expect(correctClock(told)).toBe(true);
		expect(Math.abs(made() - Date.parse(told))).toBeLessThan(60_000);
		correctClock(new Date().toISOString());
	});

	it('sorts by time and never repeats', () => {
		expect(uuidv7(1_000) < uuidv7(2_000)).toBe(true);
		expect(new Set(Array.from({ length: 1000 }, () => uuidv7())).size).toBe(1000);
	});
});

describe('session', () => {
	const user = { id: 'u', display_name: 'Vera', roles: ['viewer'] };

	it('asks nothing without the cookie of a session', async () => {
		document.cookie = 'largesse_csrf=; path=/; max-age=0';
		const session = new Session();
		await session.load();
		expect(session.status).toBe('ready');
		expect(session.user).toBeNull();
		expect(sent).toHaveLength(0);
	});

	it('loads the user and the wallet', async () => {
		answers = [json(user), json({ coins_total: 350 })];
		const session = new Session();
		await session.load();
		expect(session.user?.display_name).toBe('Vera');
		expect(session.wallet?.coins_total).toBe(350);
		expect(session.is('viewer')).toBe(true);
		expect(session.is('creator')).toBe(false);
	});

	it('shows no wallet that something newer has overtaken', async () => {
		const session = new Session();
		const waiting: ((coins_total: number) => void)[] = [];
		vi.stubGlobal(
			'fetch',
			() =>
				new Promise<Response>((resolve) =>
					waiting.push((coins_total) => resolve(json({ coins_total })))
				)
		);
		const refreshed = session.refreshWallet();
		await vi.waitUntil(() => waiting.length === 1, 20_000);
		session.setWallet({ coins_total: 300 } as Wallet);
		waiting[0]?.(350);
		await vi.waitUntil(() => waiting.length === 2, 20_000);
		expect(session.wallet?.coins_total).toBe(300);
		waiting[1]?.(290);
		await refreshed;
		expect(session.wallet?.coins_total).toBe(290);
	});

	it('shows nobody the wallet of who has just left', async () => {
		answers = [json({ user }), json({ coins_total: 1 })];
		const session = new Session();
		await session.signIn('vera@demo.test', 'secret');
		answers = [json({ coins_total: 2 }), json({ code: 'session_expired' }, 401)];
		await Promise.all([session.refreshWallet(), session.signOut()]);
		expect(session.wallet).toBeNull();
	});

	it('is signed out when the session has expired', async () => {
		answers = [json({ code: 'session_expired' }, 401)];
		const session = new Session();
		await session.load();
		expect(session.user).toBeNull();
		expect(session.status).toBe('ready');
	});

	it('says so when the server cannot answer', async () => {
		answers = [json({ code: 'internal_error' }, 500)];
		const session = new Session();
		expect((await rejected(session.load())).status).toBe(500);
		expect(session.status).toBe('ready');
	});

	it('leaves on sign-out, even when the session had already ended', async () => {
		answers = [json({ user }), json({ coins_total: 1 }), json({ code: 'session_expired' }, 401)];
		const session = new Session();
		await session.signIn('vera@demo.test', 'secret');
		await session.signOut();
		expect(session.user).toBeNull();
		expect(session.wallet).toBeNull();
	});
});
