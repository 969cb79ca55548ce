/** The value of a readable cookie; the session's own cookie is never readable. */
export function readCookie(name: string, cookies = document.cookie): string | undefined {
	for (const pair of cookies.split(';')) {
		const [key = '', ...value] = pair.trim().split('=');
		if (key === name) return decodeURIComponent(value.join('='));
	}
	return undefined;
}

export const CSRF_COOKIE = 'largesse_csrf';
