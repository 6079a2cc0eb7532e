import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { ask, finalsOf, newHome, remove, settle, VIDEO } from './harness.ts';
import { type Answered, broken, checkHistory, type Intent, type Seen } from './history.ts';
import { dice, sized, tell } from './plan.ts';
import { openWebhookWorld, TickingClock } from './worlds.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const JUMPS = [HOUR, -HOUR, YEAR, -YEAR, 500, -500, 30_000, -30_000] as const;

/** Shows another time once, as a clock does that is set back right after somebody looked. */
class SetBackClock extends ManualClock {
  #once: number | undefined;

  constructor() {
    super();
    const byHand = this.now;
    this.now = () => {
      const shown = this.#once ?? byHand();
      this.#once = undefined;
      return shown;
    };
  }

  showOnce(at: number): void {
    this.#once = at;
  }
}

it('a clock that is set back between the look and the claim airs nothing early', async () => {
  const clock = new SetBackClock();
  await using airdate = await openAirdate({ clock });
  const due = clock.now() + HOUR;
  const draft = { accountIds: ['local:tiktok'], contentUrl: VIDEO, caption: 'not yet' };
  const scheduledTime = new Date(due).toISOString();
  await airdate.call('create_video_post', { ...draft, scheduledTime });
  await pause(50);
  clock.showOnce(due);
  airdate.program.local.runner.poke();
  await pause(200);
  expect(finalsOf(airdate.home)).toMatchObject([{ status: 'scheduled' }]);
  clock.set(due);
  await eventually(() => expect(finalsOf(airdate.home)).toMatchObject([{ status: 'published' }]));
});

it('a clock that jumps by hours and years publishes nothing early, twice or never', {
  timeout: 300_000,
}, async () => {
  const rounds = sized(1, 12);
  let posts = 0;
  let jumps = 0;
  let retries = 0;
  const roll = dice('clock');
  for (let round = 0; round < rounds; round += 1) {
    const ticking = new TickingClock();
    ticking.stop();
    ticking.set('2026-11-21T12:00:00Z');
    await using world = await openWebhookWorld(ticking);
    const home = newHome();
    const intents: Intent[] = [];
    let latest = ticking.now();
    {
      await using airdate = await openAirdate({ home, clock: ticking, environment: world.environment });
      for (let step = 0; step < 40; step += 1) {
        const tag = `#${round}-${step}`;
        const due = Math.ceil((ticking.now() + roll(1, 40) * MINUTE) / 1_000) * 1_000;
        const text = `${tag} as it was`;
        const draft = { accountIds: ['local:tiktok'], contentUrl: VIDEO, caption: text };
        const { answered } = await ask(airdate, 'create_video_post', {
          ...draft,
          scheduledTime: new Date(due).toISOString(),
        });
        const texts: { text: string; answered: Answered }[] = [{ text, answered }];
        intents.push({ tag, account: 'local:tiktok', created: answered, texts, notBefore: due });
        if (roll(0, 3) === 0) {
          ticking.advance(JUMPS[roll(0, JUMPS.length)] ?? 0);
          jumps += 1;
        } else ticking.advance(roll(1, 10 * MINUTE));
        latest = Math.max(latest, ticking.now(), due);
        // What is due is on its way when the clock jumps again.
        await pause(roll(0, 8));
      }
      // However far back it went, the day comes.
      for (let passed = 0; passed < 30 && ticking.now() < latest; passed += 1) {
        ticking.set(Math.min(latest, ticking.now() + YEAR / 12));
        await pause(5);
      }
      ticking.set(latest + HOUR);
    }
    retries += (await settle(home, world)).retries;
    const verdict = checkHistory({ intents, seen: bySender(home, world.seen()), finals: finalsOf(home) });
    remove(home);
    posts += intents.length;
    expect(broken(verdict)).toEqual({});
    expect([verdict.told, verdict.unknown]).toEqual([[], []]);
  }
  tell('clock jumps', { rounds, posts, jumps, retries, early: 0, duplicates: 0, lost: 0 });
});

/** By the sender's clock when it first took the post up: what is under way when the clock jumps goes on. */
function bySender(home: string, seen: readonly Seen[]): Seen[] {
  const store = new DatabaseSync(join(home, 'airdate.db'), { readOnly: true });
  const first = store.prepare(
    `select started_at as at from attempts join posts on posts.id = post_id where caption = ? order by attempts.id`,
  );
  const told = seen.map((one) => ({ ...one, at: Number(first.get(one.text)?.at) }));
  store.close();
  return told;
}
