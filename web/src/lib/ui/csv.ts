export type CellValue = string | number | bigint | null;

const FORMULA = /^[=+\-@\t\r]/;

function cell(value: CellValue): string {
	if (value === null) return '';
	if (typeof value !== 'string') return value.toString();
	// A spreadsheet would run a name such as "=HYPERLINK(...)": the quote makes it text.
	const safe = FORMULA.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(header: string[], rows: CellValue[][]): string {
	return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function saveFile(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
	// The mark tells spreadsheets that the file is UTF-8.
	const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type }));
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), 1000);
}
