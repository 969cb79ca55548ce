export type FigureSize = 'small' | 'medium' | 'large' | 'huge';

/** The icon beside a figure, a little taller than its digits. */
export const iconSize: Record<FigureSize, number> = { small: 16, medium: 20, large: 30, huge: 42 };
