import fc from 'fast-check';

const SEED = process.env.PROPERTIES_SEED;
/** The same values in every run, so that no day is red without a change; `random` tries others, and so does a number. */
const seed = SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(SEED ?? 1);
if (!Number.isInteger(seed)) throw new Error(`PROPERTIES_SEED is a number or random, not ${SEED}`);
if (SEED !== undefined) console.log(`properties: PROPERTIES_SEED=${seed} repeats what was tried`);

fc.configureGlobal({ seed });

export { fc };
