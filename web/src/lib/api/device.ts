import { uuidv7 } from './uuid';

const KEY = 'largesse-device';
const USABLE = /^[A-Za-z0-9_-]{8,100}$/;
let ofThisPage: string | undefined;

/**
 * A random id of this browser, so that one device that buys with many accounts can be noticed. It says nothing about its
 * owner. Where nothing can be stored it lasts as long as the page.
 */
export function deviceId(): string {
	try {
		const kept = localStorage.getItem(KEY);
		if (kept && USABLE.test(kept)) return kept;
		ofThisPage ??= uuidv7();
		localStorage.setItem(KEY, ofThisPage);
	} catch {
		// No storage, or none that takes anything: private windows.
	}
	return (ofThisPage ??= uuidv7());
}
