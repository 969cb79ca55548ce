import type { Answer, Order, Problem } from '$lib/api';
import { mayPay } from '$lib/topup/order-text';
import type { IconName, NextStep } from '$lib/ui';

export type Inquiry = Answer<'/v1/orders/{id}/check', 'post'>;
export type Finding = Inquiry['findings'][number];
type Todo = Finding['todo'];

interface Look {
	tone: 'good' | 'quiet' | 'warn' | 'bad';
	icon: IconName;
}

const LOOKS: Record<Todo, Look> = {
	nothing: { tone: 'quiet', icon: 'receipt' },
	wait: { tone: 'quiet', icon: 'clock' },
	pay: { tone: 'quiet', icon: 'clock' },
	order_again: { tone: 'warn', icon: 'warn' },
	try_later: { tone: 'warn', icon: 'clock' },
	open_app: { tone: 'warn', icon: 'warn' },
	contact_support: { tone: 'bad', icon: 'warn' }
};

export function lookOf(finding: Finding): Look {
	return finding.code === 'credited' ? { tone: 'good', icon: 'check' } : LOOKS[finding.todo];
}

/** The step that a finding asks for, where a page can lead to it. */
export function stepOf(
	finding: Finding,
	order: Pick<Order, 'state' | 'history' | 'checkout_url' | 'return_path'>
): NextStep | null {
	if (finding.todo === 'pay' && order.checkout_url && mayPay(order)) {
		return { label: 'Go to the payment page', href: order.checkout_url };
	}
	if (finding.todo === 'order_again') {
		const next = order.return_path ? `?next=${encodeURIComponent(order.return_path)}` : '';
		return { label: 'Make a new order', href: `/recharge${next}` };
	}
	return null;
}

/** Whether somebody is to be told the order's number. */
export function needsSupport(findings: readonly Finding[]): boolean {
	return findings.some((finding) => finding.todo === 'contact_support');
}

/** Why nothing was found, in words a buyer uses. */
export function refusalOf(problem: Problem): { title: string; detail: string } {
	if (problem.code !== 'too_many_checks') return { title: problem.title, detail: problem.detail };
	const wait = Number(problem.document.retry_after_s);
	const when = wait > 0 ? `in ${wait} ${wait === 1 ? 'second' : 'seconds'}` : 'in a minute';
	return {
		title: 'We have just looked',
		detail: `Ask again ${when}. We keep looking by ourselves too.`
	};
}
