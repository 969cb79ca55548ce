import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.LARGESSE_URL ?? 'http://127.0.0.1:8000';
const proxied = { target: server, changeOrigin: false, ws: true };

export default defineConfig({
	plugins: [sveltekit()],
	// Nothing is inlined as data: addresses: the content security policy allows only 'self'.
	// The overlay runs in the browser inside OBS, which is older than those that people use.
	build: { assetsInlineLimit: 0, target: ['chrome103', 'safari16', 'firefox104'] },
	server: { port: 5173, proxy: { '/v1': proxied, '/art': proxied, '/openapi.json': proxied } },
	// Components run as in a browser, not as server-rendered strings.
	resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
	test: {
		environment: 'happy-dom',
		include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
		testTimeout: 30_000 // the machine that runs the tests may be busy
	}
});
