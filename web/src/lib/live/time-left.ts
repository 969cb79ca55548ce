/** 95 s as "1:35", 7 s as "0:07". */
export function minutes(left_ms: number): string {
	const seconds = Math.ceil(left_ms / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A length of time in words: "2 minutes", "45 seconds". */
export function inWords(length_s: number): string {
	if (length_s < 60 || length_s % 60 !== 0) return count(length_s, 'second');
	if (length_s < 3600 || length_s % 3600 !== 0) return count(length_s / 60, 'minute');
	return count(length_s / 3600, 'hour');
}

function count(amount: number, unit: string): string {
	return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
