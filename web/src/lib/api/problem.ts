/** An error answer of the server (RFC 9457), or the lack of an answer. */
export class Problem extends Error {
	override readonly name = 'Problem';
	readonly status: number;
	readonly code: string;
	readonly title: string;
	readonly detail: string;
	/** What is wrong with each field of a form, by the field's name. */
	readonly fields: Record<string, string>;
	/** The whole document, for fields that only some codes have (`needed`, `resets_at`). */
	readonly document: Record<string, unknown>;

	constructor(status: number, document: Record<string, unknown>) {
		const text = (key: string, otherwise: string) => {
			const value = document[key];
			return typeof value === 'string' && value ? value : otherwise;
		};
		const title = text('title', 'Something went wrong');
		super(text('detail', title));
		this.status = status;
		this.code = text('code', `http_${status}`);
		this.title = title;
		this.detail = text('detail', '');
		this.fields = fieldMessages(document.errors);
		this.document = document;
	}

	/** Any thrown thing as a problem that can be shown. */
	static from(thrown: unknown): Problem {
		if (thrown instanceof Problem) return thrown;
		// fetch throws a TypeError when it gets no answer at all.
		if (thrown instanceof TypeError) {
			return new Problem(0, {
				code: 'network',
				title: 'No connection',
				detail: 'The server did not answer. Check your connection and try again.'
			});
		}
		return new Problem(500, { code: 'unexpected', detail: String(thrown) });
	}
}

function fieldMessages(errors: unknown): Record<string, string> {
	const messages: Record<string, string> = {};
	if (!Array.isArray(errors)) return messages;
	for (const error of errors as unknown[]) {
		if (typeof error !== 'object' || error === null) continue;
		const { field, message } = error as Record<string, unknown>;
		if (typeof field === 'string' && typeof message === 'string') messages[field] ??= message;
	}
	return messages;
}
