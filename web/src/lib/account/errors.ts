import type { Problem } from '$lib/api';

/** Refusals that name no field though they are about one. */
const FIELD_OF: Record<string, string> = {
	email_taken: 'email',
	birth_date_invalid: 'birth_date',
	country_unknown: 'country'
};

/** What is wrong with each field of the form to sign in or join, in words for whoever fills it in. */
export function fieldErrors(problem: Problem | null): Record<string, string> {
	if (!problem) return {};
	const field = FIELD_OF[problem.code];
	return field ? { [field]: problem.detail } : problem.fields;
}

type Join = Record<'email' | 'password' | 'display_name' | 'birth_date', string>;

/** What can be said before asking the server; it has the last word. */
export function joinErrors(form: Join): Record<string, string> {
	const errors: Record<string, string> = {};
	if (!form.email.trim()) errors.email = 'Enter your e-mail address.';
	if (form.password.length < 8) errors.password = 'Use at least 8 characters.';
	if (!form.display_name.trim()) errors.display_name = 'Choose a name.';
	if (!form.birth_date) errors.birth_date = 'Enter your date of birth.';
	return errors;
}

export function signInErrors(form: Pick<Join, 'email' | 'password'>): Record<string, string> {
	const errors: Record<string, string> = {};
	if (!form.email.trim()) errors.email = 'Enter your e-mail address.';
	if (!form.password) errors.password = 'Enter your password.';
	return errors;
}

/** How long to wait, as a person says it. */
export function waitText(seconds: number): string {
	if (seconds < 60) return 'in less than a minute';
	const minutes = Math.ceil(seconds / 60);
	return `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
