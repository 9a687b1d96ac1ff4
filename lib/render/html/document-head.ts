import { type Html, html, trusted } from '../escape.ts';

/** The start of every page: nothing remote, no referrer for links, both themes. */
export const documentHead = (policy: string, title: string, style: string): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
`;
