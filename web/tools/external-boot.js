import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const INLINE = /<script>([\s\S]*?)<\/script>/g;

/**
 * Move SvelteKit's inline start script into a file of its own, so that the server can send
 * `script-src 'self'` without a hash that would change with every build.
 * @param {string} html
 * @param {(name: string, code: string) => string} save stores the code, answers its address
 */
export function moveInlineScripts(html, save) {
	return html.replace(INLINE, (_all, /** @type {string} */ code) => {
		const hash = createHash('sha256').update(code).digest('hex').slice(0, 12);
		return `<script src="${save(`boot.${hash}.js`, code)}"></script>`;
	});
}

/**
 * @param {import('@sveltejs/kit').Adapter} inner
 * @param {{ pages: string; fallback: string }} options
 * @returns {import('@sveltejs/kit').Adapter}
 */
export function withExternalBoot(inner, { pages, fallback }) {
	return {
		...inner,
		name: `${inner.name}+external-boot`,
		async adapt(builder) {
			await inner.adapt(builder);
			const folder = `${builder.config.kit.appDir}/immutable/boot`;
			const file = path.join(pages, fallback);
			mkdirSync(path.join(pages, folder), { recursive: true });
			const html = moveInlineScripts(readFileSync(file, 'utf8'), (name, code) => {
				writeFileSync(path.join(pages, folder, name), code);
				return `/${folder}/${name}`;
			});
			writeFileSync(file, html);
		}
	};
}
