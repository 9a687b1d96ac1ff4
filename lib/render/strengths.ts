/** The strengths of a cell, from nothing to root, as in the matrix and every summary. The page reads them, too. */
export const STRENGTHS = [
  { letter: '', word: 'no access', css: 'none' },
  { letter: '?', word: 'unknown: a call that decides it is missing', css: 'unknown' },
  { letter: 'c', word: 'conditional, without a shell', css: 'other-if' },
  { letter: 'a', word: 'allowed, without a shell', css: 'other' },
  { letter: 'C', word: 'a shell under a condition', css: 'shell-if' },
  { letter: 'A', word: 'a shell', css: 'shell' },
  { letter: 'R', word: 'root', css: 'root' },
] as const;

export const NONE = 0;
export const UNKNOWN = 1;
export const SHELL_IF = 4;
export const SHELL = 5;
export const ROOT = 6;

/** The last of them. */
export const STRONGEST = STRENGTHS.length - 1;
