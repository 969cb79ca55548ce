import type { CellValue } from './csv';

export interface Column<Row> {
	key: string;
	label: string;
	/** What the column sorts and exports by, and shows when no cell snippet is given. */
	value: (row: Row) => CellValue;
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
