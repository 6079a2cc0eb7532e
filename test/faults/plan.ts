import { createHash, randomInt } from 'node:crypto';

/** The long form is for `npm run faults`; the short one is a part of `npm test`. */
export const LONG = process.env.FAULTS === 'long';

/**
 * The same seed makes the same plan: which fault meets which request, who is killed, what is edited when. The long form seeks
 * new plans; the short one has the same in every run.
 */
export const SEED = Number(process.env.FAULTS_SEED ?? (LONG ? randomInt(1_000_000) : 74_741));

console.log(`faults: ${LONG ? 'long' : 'short'} form; FAULTS_SEED=${SEED} repeats the plan`);

export function sized<Value>(short: Value, long: Value): Value {
  return LONG ? long : short;
}

/** A number of [0, 1) that depends on nothing but the seed and what it is for, in whatever order it is asked for. */
export function chance(...about: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update([SEED, ...about].join('/'))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** One of several, by weight; `undefined` for what the weights leave of 1. */
export function choose<Choice>(
  drawn: number,
  weighted: readonly (readonly [weight: number, choice: Choice])[],
): Choice | undefined {
  let passed = 0;
  for (const [weight, choice] of weighted) {
    passed += weight;
    if (drawn < passed) return choice;
  }
  return undefined;
}

/** A sequence of draws for one purpose. */
export function dice(purpose: string): (from: number, to: number) => number {
  let drawn = 0;
  return (from, to) => {
    drawn += 1;
    return from + Math.floor(chance(purpose, drawn) * (to - from));
  };
}

/** One line that a run of `npm run faults` is read by. */
export function tell(what: string, figures: Readonly<Record<string, string | number>>): void {
  const told = Object.entries({ ...figures, seed: SEED }).map(([name, value]) => `${name} ${value}`);
  console.log(`faults: ${what}: ${told.join(', ')}`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
