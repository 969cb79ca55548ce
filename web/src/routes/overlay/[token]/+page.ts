export const load = () => ({ chrome: 'none' as const });
