import type { IconName } from './icons';

export interface NavItem {
	href: string;
	label: string;
	icon: IconName;
}

/** The item whose address is the longest prefix of the page's. */
export function activeHref(items: NavItem[], pathname: string): string | undefined {
	return items
		.map((item) => item.href)
		.filter((href) => pathname === href || (href !== '/' && pathname.startsWith(`${href}/`)))
		.toSorted((a, b) => b.length - a.length)[0];
}
