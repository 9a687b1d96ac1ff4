import fc from 'fast-check';

/*
 * Properties draw the same cases in every run, so that a red run is about the change and not about luck. A search that
 * draws others: `LATCHKEY_FUZZ_RUNS=2000 npm run unit -- test/matrix`, from any seed, or from LATCHKEY_FUZZ_SEED.
 */
const { LATCHKEY_FUZZ_RUNS, LATCHKEY_FUZZ_SEED } = process.env;
if (LATCHKEY_FUZZ_SEED !== undefined) fc.configureGlobal({ seed: Number(LATCHKEY_FUZZ_SEED) });
else if (LATCHKEY_FUZZ_RUNS === undefined) fc.configureGlobal({ seed: 20_260_823 });
