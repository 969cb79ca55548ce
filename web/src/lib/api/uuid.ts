let clockOffsetMs = 0;

/** Ids made from now on bear the server's time; false when what it told is no time. */
export function correctClock(serverTime: unknown): boolean {
	const told = typeof serverTime === 'string' ? Date.parse(serverTime) : NaN;
	if (Number.isNaN(told)) return false;
	clockOffsetMs = told - Date.now();
	return true;
}

/** A UUIDv7: 48 bits of milliseconds, then random bits, so ids sort by the time they were made. */
export function uuidv7(now = Date.now() + clockOffsetMs): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const view = new DataView(bytes.buffer);
	view.setUint32(0, Math.floor(now / 0x10000));
	view.setUint16(4, now % 0x10000);
	view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
	view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
