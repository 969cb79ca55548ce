export const load = () => ({ chrome: 'stage' as const });
