import type { FeeChain, GiftReceipt } from '$lib/api';
import { formatDiamonds } from '$lib/ui';

type Line = FeeChain['lines'][number];
export type LineKind = Line['kind'];
type Rate = Line['rates'][number];

export interface LineText {
	label: string;
	text: string;
}

type Shown = Pick<Line, 'kind' | 'amount'>;

export function lineText(line: Shown, provider: string, recipient: string): LineText {
	const minor = line.amount.amount_minor;
	switch (line.kind) {
		case 'tax':
			return {
				label: 'Tax',
				text: minor > 0 ? 'Passed on to the tax office.' : 'None on these coins.'
			};
		case 'provider_fee':
			return { label: 'Payment fee', text: `Kept by ${provider}.` };
		case 'platform':
			return {
				label: 'Platform',
				text:
					minor >= 0
						? 'What is left for running Largesse.'
						: 'The other parts come to more than the price: Largesse adds the rest.'
			};
		case 'creator':
			return { label: recipient, text: 'The value of the diamonds these coins became.' };
		case 'platform_and_creator':
			return {
				label: `Platform and ${recipient}`,
				text: 'Together, since creators are paid in another currency.'
			};
	}
}

const RATES: Record<Rate['kind'], string> = {
	price_book: 'price book',
	share: 'share',
	redemption_rate: 'diamond rate'
};

/** "price book 12, share 1": the versions a line follows from. */
export function rateText(rates: readonly Rate[]): string {
	return rates.map((rate) => `${RATES[rate.kind]}\u00a0${rate.id}`).join(', ');
}

export interface Slice {
	kind: LineKind;
	/** Of the price, from 0 to 1. */
	part: number;
}

/** The price as a bar; none where a part is below zero, which no bar can show, or nothing was paid. */
export function slices(chain: FeeChain): Slice[] {
	const price = chain.price.amount_minor;
	const whole = price > 0 && chain.lines.every((line) => line.amount.amount_minor >= 0);
	if (!whole) return [];
	return chain.lines
		.filter((line) => line.amount.amount_minor > 0)
		.map((line) => ({ kind: line.kind, part: line.amount.amount_minor / price }));
}

/** "50%", "33.33%": basis points lose nothing. */
export function shareText(basisPoints: number): string {
	return `${basisPoints / 100}%`;
}

export function giftTitle(receipt: { gift: { name: string }; count: number }): string {
	return receipt.count > 1 ? `${receipt.gift.name} ×${receipt.count}` : receipt.gift.name;
}

/** How much of a gift's diamonds was taken back, in words; null when none was. */
export function reversedText(
	receipt: Pick<GiftReceipt, 'milli_diamonds' | 'reversed_milli_diamonds'>
): string | null {
	const { milli_diamonds: all, reversed_milli_diamonds: back } = receipt;
	if (back === 0) return null;
	return back === all
		? `All ${formatDiamonds(all)} diamonds of this gift were taken back`
		: `${formatDiamonds(back)} of ${formatDiamonds(all)} diamonds were taken back`;
}
