// A single-page app: the server sends one page and the browser does the rest.
export const ssr = false;
export const prerender = false;
