import fc from 'fast-check';

/** Generated cases are the same in every run, so that a run of `npm run mutation` can be repeated. */
fc.configureGlobal({ seed: 20_261_122 });
