// A payment page looks like a place of its own, not like a page of the shop.
export const load = () => ({ chrome: 'none' as const });
