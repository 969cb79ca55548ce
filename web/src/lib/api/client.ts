import createClient, { type MaybeOptionalInit } from 'openapi-fetch';
import type {
	HttpMethod,
	MediaType,
	PathsWithMethod,
	ResponseObjectMap,
	SuccessResponse
} from 'openapi-typescript-helpers';
import { CSRF_COOKIE, readCookie } from './cookies';
import { deviceId } from './device';
import { Problem } from './problem';
import type { paths } from './schema';

type Method = Extract<HttpMethod, 'get' | 'post' | 'put' | 'patch' | 'delete'>;
type Operation<P extends keyof paths, M extends Method> =
	paths[P] extends Record<M, infer O> ? O : never;

/** The JSON body that a call answers with, for example `Answer<'/v1/wallet'>`. */
export type Answer<P extends keyof paths, M extends Method = 'get'> = SuccessResponse<
	ResponseObjectMap<Operation<P, M>>,
	MediaType
>;

interface Extras {
	/** The same key with the same body is one action, however often it is sent. */
	idempotencyKey?: string;
}
type Settings<P extends keyof paths, M extends Method> = MaybeOptionalInit<
	paths[P],
	M & keyof paths[P]
>;
type Arguments<P extends keyof paths, M extends Method> =
	undefined extends Settings<P, M>
		? [settings?: NonNullable<Settings<P, M>> & Extras]
		: [settings: Settings<P, M> & Extras];
type Send = (
	method: Method,
	path: keyof paths,
	init: object
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const BAD_ANSWER = { code: 'no_answer', title: 'The server could not answer' };

const client = createClient<paths>({
	credentials: 'same-origin',
	// Looked up at each call, so that tests can stand in for the network.
	fetch: (request) => globalThis.fetch(request)
});

client.use({
	onRequest({ request }) {
		if (SAFE.has(request.method)) return request;
		const token = readCookie(CSRF_COOKIE);
		if (token) request.headers.set('X-CSRF-Token', token);
		request.headers.set('Largesse-Device', deviceId());
		return request;
	}
});

function problemOf(response: Response, error: unknown): Problem {
	const known = typeof error === 'object' && error !== null;
	return new Problem(response.status, known ? (error as Record<string, unknown>) : BAD_ANSWER);
}

function caller<M extends Method>(method: M) {
	return async <P extends PathsWithMethod<paths, M>>(
		path: P,
		...[settings]: Arguments<P, M>
	): Promise<Answer<P, M>> => {
		const { idempotencyKey, ...init } = (settings ?? {}) as Extras;
		const headers = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : undefined;
		try {
			// The arguments were checked against the schema above; inside, one shape serves all paths.
			const send = client.request as unknown as Send;
			const { data, error, response } = await send(method, path, { headers, ...init });
			if (!response.ok) throw problemOf(response, error);
			return data as Answer<P, M>;
		} catch (thrown) {
			throw Problem.from(thrown);
		}
	};
}

export const api = {
	get: caller('get'),
	post: caller('post'),
	put: caller('put'),
	patch: caller('patch'),
	delete: caller('delete')
};
