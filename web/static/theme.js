// Kept in step with src/lib/ui/theme.svelte.ts, which writes the choice.
try {
	var theme = localStorage.getItem('largesse-theme');
	if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch (error) {
	// Storage can be blocked; the system's theme is used then.
}
