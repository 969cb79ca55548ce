import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { withExternalBoot } from './tools/external-boot.js';

const output = { pages: 'build', fallback: 'index.html' };

/** @type {import('@sveltejs/kit').Config} */
const config = {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	kit: {
		adapter: withExternalBoot(adapter({ ...output, assets: output.pages, strict: true }), output)
	}
};

export default config;
