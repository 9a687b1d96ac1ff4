import fc from 'fast-check';

/** Generated cases are the same in every run, so that a figure of `docs/mutation.md` can be measured again. */
fc.configureGlobal({ seed: 20_261_122 });
