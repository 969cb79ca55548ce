import { Problem } from '$lib/api';

/** Why the server did not do what was asked: its stable code, its words and its figures. */
export class Refusal extends Error {
	override readonly name = 'Refusal';
	readonly code: string;
	readonly detail: string;
	readonly figures: Readonly<Record<string, unknown>>;

	constructor(code: string, detail: string, figures: Record<string, unknown> = {}) {
		super(detail || code);
		this.code = code;
		this.detail = detail;
		this.figures = figures;
	}

	figure(name: string): number | null {
		const value = this.figures[name];
		return typeof value === 'number' ? value : null;
	}

	/** Any thrown thing as a refusal; API problems keep their code and figures. */
	static from(thrown: unknown): Refusal {
		if (thrown instanceof Refusal) return thrown;
		if (thrown instanceof Problem)
			return new Refusal(thrown.code, thrown.detail, { ...thrown.document });
		return new Refusal('unexpected', thrown instanceof Error ? thrown.message : String(thrown));
	}
}
