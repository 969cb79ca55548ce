export interface Option<Value extends string | number> {
	value: Value;
	label: string;
	disabled?: boolean;
}

export interface NextStep {
	label: string;
	href?: string;
	onclick?: () => void;
}
