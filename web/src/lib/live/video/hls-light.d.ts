/** The part of hls.js without subtitles, other soundtracks and keys; its types are those of the whole. */
declare module 'hls.js/light' {
	export { default } from 'hls.js';
	export * from 'hls.js';
}
