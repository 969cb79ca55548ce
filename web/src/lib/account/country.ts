interface Choice {
	code: string;
}

/** The first of the browser's languages that names a country of the list; else the list's US, else its first. */
export function guessCountry(countries: Choice[], languages: readonly string[]): string {
	const codes = new Set(countries.map((each) => each.code));
	for (const language of languages) {
		const region = regionOf(language);
		if (region && codes.has(region)) return region;
	}
	return codes.has('US') ? 'US' : (countries[0]?.code ?? 'US');
}

function regionOf(language: string): string | undefined {
	try {
		return new Intl.Locale(language).region;
	} catch {
		return undefined;
	}
}

/** "Germany" for DE, in the reader's language. */
export function countryName(code: string): string {
	return new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' }).of(code) ?? code;
}
