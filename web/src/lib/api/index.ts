export { api, type Answer } from './client';
export { CSRF_COOKIE, readCookie } from './cookies';
export { Problem } from './problem';
export { session, Session } from './session.svelte';
export type * from './types';
export { correctClock, uuidv7 } from './uuid';
