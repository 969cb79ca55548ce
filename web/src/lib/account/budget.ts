/** The server's own limit on a budget. */
const BUDGET_COINS_MAX = 1_000_000_000;

/** What a person typed as a budget: null for none, undefined when it is not a budget. */
export function parseBudget(text: string): number | null | undefined {
	const plain = text.replaceAll(/[\s,.']/g, '');
	if (plain === '') return text.trim() === '' ? null : undefined;
	if (!/^\d{1,10}$/.test(plain)) return undefined;
	const coins = Number(plain);
	return coins <= BUDGET_COINS_MAX ? coins : undefined;
}
