import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openAirdate } from '../support/airdate.ts';
import { eventually } from '../support/eventually.ts';
import { finalsOf, newHome, remove, VIDEO } from './harness.ts';
import { openInfinipostWorld, TickingClock } from './worlds.ts';

it('a process that is killed at its tenth look at what a vendor accepted is followed by one that looks again', async () => {
  const clock = new TickingClock();
  clock.stop();
  await using world = await openInfinipostWorld(clock, { faults: false });
  const home = newHome(world);
  const open = () =>
    openAirdate({ home, clock, environment: world.environment, configFile: world.configFile ?? {} });
  {
    await using airdate = await open();
    const draft = { accountIds: [world.accountOf(0)], contentUrl: VIDEO, caption: '#1' };
    await airdate.call('create_video_post', draft);
    await eventually(() => expect(world.seen()).toHaveLength(1));
  }
  const store = new DatabaseSync(join(home, 'airdate.db'));
  expect(store.prepare('select outcome from attempts').get()).toEqual({ outcome: 'accepted' });
  store.exec(`update targets set attempts = 10, due_at = null;
    insert into attempts (post_id, account_id, number, round, owner, started_at)
      select post_id, account_id, 10, round, owner, started_at from attempts`);
  store.close();
  {
    await using _ = await open();
    await eventually(async () => {
      clock.advance(500);
      await pause(5);
      expect(finalsOf(home)).toMatchObject([{ status: 'published' }]);
    });
  }
  expect(world.sent()).toBe(1);
  remove(home);
});
