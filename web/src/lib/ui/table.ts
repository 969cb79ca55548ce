import type { CellValue } from './csv';

export interface Column<Row> {
	key: string;
	label: string;
	/** What the column sorts by; also what it shows and exports, unless `text` says otherwise. */
	value: (row: Row) => CellValue;
	/** The exact figure in words or digits, where `value` is a smaller unit (milli-diamonds, minor units). */
	text?: (row: Row) => string;
	align?: 'start' | 'end';
	sortable?: boolean;
	/** Hidden on phones, where the other columns carry the row. */
	wide?: boolean;
}

export interface Sort {
	key: string;
	dir: 'asc' | 'desc';
}

function compare(a: CellValue, b: CellValue): number {
	if (typeof a === 'string' || typeof b === 'string') {
		return String(a).localeCompare(String(b), undefined, { numeric: true });
	}
	return a! < b! ? -1 : a! > b! ? 1 : 0;
}

export function cellText<Row>(row: Row, column: Column<Row>): CellValue {
	return column.text ? column.text(row) : column.value(row);
}

/** Sorted copy; rows without a value stay last in both directions. */
export function sortRows<Row>(rows: Row[], column: Column<Row>, dir: Sort['dir']): Row[] {
	const sign = dir === 'asc' ? 1 : -1;
	return rows.toSorted((left, right) => {
		const a = column.value(left);
		const b = column.value(right);
		if (a === null || b === null) return Number(a === null) - Number(b === null);
		return sign * compare(a, b);
	});
}
