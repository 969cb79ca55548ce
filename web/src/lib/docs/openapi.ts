/** The part of an OpenAPI 3.1 document that the page shows. */
export interface Schema {
	$ref?: string;
	type?: string | string[];
	format?: string;
	enum?: unknown[];
	const?: unknown;
	items?: Schema;
	properties?: Record<string, Schema>;
	required?: string[];
	anyOf?: Schema[];
	oneOf?: Schema[];
	description?: string;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
}
interface Parameter {
	name: string;
	in: string;
	required?: boolean;
	description?: string;
	schema?: Schema;
}
type Content = Record<string, { schema?: Schema }>;
interface Operation {
	summary?: string;
	description?: string;
	tags?: string[];
	parameters?: Parameter[];
	requestBody?: { content: Content };
	responses: Record<string, { description: string; content?: Content }>;
}
export interface Document {
	info: { title: string; version: string };
	paths: Record<string, Record<string, Operation>>;
	components?: { schemas?: Record<string, Schema> };
}

export interface Call extends Operation {
	method: string;
	path: string;
	key: string;
}

/** All calls, by their first tag, in the document's order. */
export function callsByTag(document: Document): Map<string, Call[]> {
	const groups = new Map<string, Call[]>();
	for (const [path, methods] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(methods)) {
			const tag = operation.tags?.[0] ?? 'other';
			const call = { ...operation, method: method.toUpperCase(), path, key: `${method} ${path}` };
			groups.set(tag, [...(groups.get(tag) ?? []), call]);
		}
	}
	return groups;
}

/** The name that a reference ends in. */
export function refName(ref: string): string {
	return ref.split('/').at(-1) ?? ref;
}

/** A schema as a short type: `string (uuid)`, `Money`, `Order[]`, `"web" | "app_store"`. */
export function typeText(schema: Schema | undefined): string {
	if (!schema) return 'any';
	if (schema.$ref) return refName(schema.$ref);
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices) return choices.map(typeText).join(' | ');
	if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.type === 'array') return `${wrapped(typeText(schema.items))}[]`;
	const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
	return [schema.format ? `${type} (${schema.format})` : type, limits(schema)]
		.filter(Boolean)
		.join(' ');
}

function wrapped(text: string): string {
	return text.includes(' ') ? `(${text})` : text;
}

function limits(schema: Schema): string {
	const low = schema.minimum ?? schema.minLength;
	const high = schema.maximum ?? schema.maxLength;
	if (low === undefined && high === undefined) return '';
	return `${low ?? ''}…${high ?? ''}`;
}

/** The fields of a body, following one reference. */
export function fieldsOf(
	schema: Schema | undefined,
	document: Document
): { name: string; type: string; required: boolean; description: string }[] {
	const named = schema?.$ref
		? document.components?.schemas?.[refName(schema.$ref)]
		: (schema ?? undefined);
	return Object.entries(named?.properties ?? {}).map(([name, field]) => ({
		name,
		type: typeText(field),
		required: named?.required?.includes(name) ?? false,
		description: field.description ?? ''
	}));
}

/** The body of a JSON request or answer. */
export function bodyOf(content: Content | undefined): Schema | undefined {
	return content?.['application/json']?.schema;
}
