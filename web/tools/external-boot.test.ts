import { expect, it } from 'vitest';
import { moveInlineScripts } from './external-boot.js';

it('moves inline scripts into files and leaves the others', () => {
	const saved: string[] = [];
	const html = moveInlineScripts(
		'<script src="/theme.js"></script><div><script>\n\tstart();\n</script></div>',
		(name, code) => {
			saved.push(code);
			return `/_app/${name}`;
		}
	);
	expect(saved).toEqual(['\n\tstart();\n']);
	expect(html).toMatch(/<div><script src="\/_app\/boot\.[0-9a-f]{12}\.js"><\/script><\/div>$/);
	expect(html).toContain('<script src="/theme.js"></script>');
});
