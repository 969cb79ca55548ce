export { default as AppShell } from './AppShell.svelte';
export { default as Avatar } from './Avatar.svelte';
export { default as Badge } from './Badge.svelte';
export { default as BarChart } from './BarChart.svelte';
export { default as Button } from './Button.svelte';
export { default as Card } from './Card.svelte';
export { default as Chips } from './Chips.svelte';
export { default as CoinIcon } from './CoinIcon.svelte';
export { default as Coins } from './Coins.svelte';
export { default as DateInput } from './DateInput.svelte';
export { default as Dialog } from './Dialog.svelte';
export { default as DiamondIcon } from './DiamondIcon.svelte';
export { default as Diamonds } from './Diamonds.svelte';
export { default as EmptyState } from './EmptyState.svelte';
export { default as ErrorState } from './ErrorState.svelte';
export { default as Field } from './Field.svelte';
export { default as GiftArt } from './GiftArt.svelte';
export { default as Icon } from './Icon.svelte';
export { default as IconButton } from './IconButton.svelte';
export { default as LiveBadge } from './LiveBadge.svelte';
export { default as Money } from './Money.svelte';
export { default as PageHeader } from './PageHeader.svelte';
export { default as ProgressBar } from './ProgressBar.svelte';
export { default as ProgressRing } from './ProgressRing.svelte';
export { default as RelativeTime } from './RelativeTime.svelte';
export { default as Segmented } from './Segmented.svelte';
export { default as Select } from './Select.svelte';
export { default as Sheet } from './Sheet.svelte';
export { default as Skeleton } from './Skeleton.svelte';
export { default as Table } from './Table.svelte';
export { default as Tabs } from './Tabs.svelte';
export { default as TextInput } from './TextInput.svelte';
export { default as Timeline, type TimelineStep } from './Timeline.svelte';
export { default as ToastRegion } from './ToastRegion.svelte';
export { default as Toggle } from './Toggle.svelte';
export { default as UserMenu } from './UserMenu.svelte';
export { default as ViewerCount } from './ViewerCount.svelte';

export type { NextStep, Option } from './choice';
export { clock, Clock } from './clock.svelte';
export { copyText } from './copy';
export { saveFile, toCsv, type CellValue } from './csv';
export {
	currencyDigits,
	formatCoins,
	formatDate,
	formatDateTime,
	formatDiamonds,
	formatMoney,
	formatRelative,
	type MilliDiamonds,
	type MoneyValue
} from './format';
export { iconNames, type IconName } from './icons';
export type { NavItem } from './shell';
export type { FigureSize } from './sizes';
export type { Column, Sort } from './table';
export { theme, Theme, type ThemeChoice } from './theme.svelte';
export { toasts, Toasts, type Toast, type ToastInput } from './toast.svelte';
