/** Only paths of our own: an address from outside must not send people elsewhere. */
export function ownPath(path: string | null): string {
	return path && /^\/(?![/\\])/.test(path) ? path : '/';
}

/** The sign-in page, and back to `path` after it. */
export function signInTo(path: string): string {
	return `/sign-in?next=${encodeURIComponent(path)}`;
}
