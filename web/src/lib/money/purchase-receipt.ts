import type { Answer } from '$lib/api';

export type PurchaseReceipt = Answer<'/v1/orders/{id}/receipt'>;
type GivenBack = PurchaseReceipt['given_back'][number];

/** "VAT, 20%"; a purchase without tax says so. */
export function taxLabel(
	receipt: Pick<PurchaseReceipt, 'tax_name' | 'tax_bp' | 'tax_rate_text'>
): string {
	if (receipt.tax_bp === 0) return receipt.tax_name ? `${receipt.tax_name}, none` : 'Tax, none';
	return `${receipt.tax_name || 'Tax'}, ${receipt.tax_rate_text}`;
}

export function givenBackLabel(given: GivenBack): string {
	return given.kind === 'refund' ? 'Refunded' : 'Taken back by your bank';
}

/** What stands across a receipt of money that came back; a dispute may still be decided for the payment. */
export function stampOf(
	receipt: Pick<PurchaseReceipt, 'given_back'>,
	back: 'part' | 'whole'
): string {
	if (receipt.given_back.some((given) => given.kind === 'dispute')) return 'Disputed';
	return back === 'whole' ? 'Given back' : 'Partly given back';
}

/** What is left to say about money that came back: single ones may add up to more than was paid. */
export function standing(
	receipt: Pick<PurchaseReceipt, 'given_back_total' | 'total'>
): 'kept' | 'part' | 'whole' {
	const back = receipt.given_back_total.amount_minor;
	if (back === 0) return 'kept';
	return back < receipt.total.amount_minor ? 'part' : 'whole';
}
