import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from './harness.ts';
import { broken } from './history.ts';
import { LONG, sized, tell } from './plan.ts';
import { openAirdateSystem, openNaiveSystem, runRound } from './rounds.ts';
import { openInfinipostWorld, openUploadPostWorld, openWebhookWorld, TickingClock } from './worlds.ts';

const PATIENT = { timeout: 300_000 };
const SIZE = {
  posts: sized(80, 3_200),
  wave: sized(40, 400),
  kills: sized(8, 120),
  mostMs: sized(10_000, 200_000),
};
/** A vendor says only after a while that a post is live; the killing does not wait for it. */
const SMALLER = {
  posts: sized(24, 600),
  wave: sized(24, 200),
  kills: sized(6, 60),
  mostMs: sized(3_000, 60_000),
};
/** Each on an account of its own. */
const SMALLEST = { ...SMALLER, posts: sized(24, 200) };

let program: Program;
beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program[Symbol.dispose]());

describe('processes that are killed at random while posts come due', () => {
  it('publish every post once by a webhook that honours the key', PATIENT, async () => {
    await using world = await openWebhookWorld(new TickingClock());
    await using system = await openAirdateSystem(program, world);
    const { verdict, figures } = await runRound(system, { world, ...SIZE, processes: 3 });
    tell(`random kills, ${world.name}`, figures);
    expect(broken(verdict)).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
  });

  it('lose none by a webhook that ignores the key, which can see one twice', PATIENT, async ({ skip }) => {
    if (!LONG) skip('It is a part of the long form, npm run faults.');
    await using world = await openWebhookWorld(new TickingClock(), { honoursKeys: false });
    await using system = await openAirdateSystem(program, world);
    const { verdict, figures } = await runRound(system, { world, ...SMALLER, processes: 2 });
    tell(`random kills, ${world.name}`, figures);
    const { duplicates = [], ...rest } = broken(verdict);
    expect(rest).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
    expect(duplicates.length).toBeGreaterThan(0);
  });

  it('publish every post once through a vendor without keys, which is looked into', PATIENT, async () => {
    await using world = await openInfinipostWorld(new TickingClock());
    await using system = await openAirdateSystem(program, world);
    const { verdict, figures } = await runRound(system, { world, ...SMALLEST, processes: 2 });
    tell(`random kills, ${world.name}`, figures);
    expect(broken(verdict)).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
  });

  it('publish every post once through a vendor that honours keys', PATIENT, async () => {
    await using world = await openUploadPostWorld(new TickingClock());
    await using system = await openAirdateSystem(program, world);
    const { verdict, figures } = await runRound(system, { world, ...SMALLER, processes: 2 });
    tell(`random kills, ${world.name}`, figures);
    expect(broken(verdict)).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
  });

  it('publish many twice when they only lease and retry: the harness is not blind', PATIENT, async () => {
    await using world = await openWebhookWorld(new TickingClock(), { honoursKeys: false });
    await using system = openNaiveSystem(world);
    const { verdict, figures } = await runRound(system, { world, ...SIZE, processes: 3 });
    tell('random kills, naive control', figures);
    expect(verdict.duplicates.length).toBeGreaterThan(sized(0, 100));
    expect(verdict.lost).toEqual([]);
  });
});
